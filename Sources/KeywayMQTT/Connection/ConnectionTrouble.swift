/// Why a connection to the broker could not be made, or ended.
struct ConnectionTrouble: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    let kind: Kind
    /// What happened, in a sentence for the operator that holds nothing secret.
    let reason: String

    /// The kinds that are told apart.
    enum Kind: Hashable, Sendable {
        /// The broker cannot be reached over the network, or its name is not known.
        case unreachable
        /// The broker's certificate is not trusted, or there is no agreement on how to encrypt.
        case insecure
        /// The broker does not speak MQTT 5.
        case versionRefused
        /// The broker hung up on MQTT 5: it does not speak it, or cannot take anybody just now.
        case hungUp
        /// The broker does not take the user, the password, the certificate or the client id.
        case refused
        /// The broker does not take anybody now.
        case unavailable
        /// The settings cannot be used as they are, such as a certificate file that is not there.
        case unusable
        /// The connection stood, and broke.
        case lost
        /// Keyway ended the connection, as a command on its way could not be taken back otherwise.
        case abandoned
        /// Keyway ended the connection because the account is removed or the server stops.
        case stopped
    }

    var description: String { reason }

    /// Whether only a person can end it, so that trying again and again would be a nuisance.
    var needsPerson: Bool {
        switch kind {
        case .insecure, .refused, .unusable: true
        case .unreachable, .versionRefused, .hungUp, .unavailable, .lost, .abandoned, .stopped: false
        }
    }
}
