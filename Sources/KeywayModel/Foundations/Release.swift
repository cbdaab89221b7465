/// What this release of Keyway is.
package enum Release {
    /// Its version, as the command line and the API's description give it.
    package static let version = "0.1.0"
}
