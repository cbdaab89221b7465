package import KeywayModel
package import Metrics
import Synchronization

/// Counts the connected accounts of a driver by whether their provider can be reached.
package final class ConnectionTally: Sendable {
    private let connected: Meter
    private let disconnected: Meter
    private let state = Mutex<[Identifier<ConnectedAccount>: Bool]>([:])

    /// Begins with no account.
    ///
    /// - Parameters:
    ///   - provider: The provider of the driver.
    ///   - metrics: Who is told the numbers.
    package init(of provider: Provider, _ metrics: any MetricsFactory) {
        func meter(_ state: String) -> Meter {
            Meter(
                label: "keyway_connected_accounts",
                dimensions: [("provider", provider.rawValue), ("state", state)],
                factory: metrics
            )
        }
        connected = meter("connected")
        disconnected = meter("disconnected")
    }

    /// Takes that an account is served from now on; it counts as disconnected until ``note(_:isConnected:)``.
    package func begin(_ id: Identifier<ConnectedAccount>) {
        change { $0[id] = false }
    }

    /// Takes whether an account's provider can be reached; no effect on an account that is not served.
    package func note(_ id: Identifier<ConnectedAccount>, isConnected: Bool) {
        change { if $0[id] != nil { $0[id] = isConnected } }
    }

    /// Takes that an account is not served any more.
    package func end(_ id: Identifier<ConnectedAccount>) {
        change { $0[id] = nil }
    }

    private func change(_ change: (inout [Identifier<ConnectedAccount>: Bool]) -> Void) {
        state.withLock { accounts in
            change(&accounts)
            let count = accounts.values.count(where: \.self)
            connected.set(count)
            disconnected.set(accounts.count - count)
        }
    }
}
