import Configuration
import FoundationEssentials
import KeywayDriver

/// A setting that cannot be used.
struct SettingsError: Error, CustomStringConvertible, Hashable {
    /// Which one, and what it may be.
    let message: String

    var description: String { message }
}

/// Reads single settings and says clearly what is wrong with one.
struct SettingsReader {
    let config: ConfigReader

    func text(_ name: String) async throws -> String? {
        do {
            return try await config.fetchString(forKey: ConfigKey([name]))
        } catch {
            throw SettingsError(message: "\(name) must be a text.")
        }
    }

    /// The parts of a text that are separated by commas, without blanks; none without the setting.
    func list(_ name: String) async throws -> [String] {
        guard let text = try await text(name) else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.filter { $0 != " " } }
    }

    func url(_ name: String) async throws -> String? {
        guard let text = try await text(name) else { return nil }
        let isWeb = text.hasPrefix("http://") || text.hasPrefix("https://")
        guard isWeb, let url = URL(string: text), url.host()?.isEmpty == false, url.query() == nil,
            url.fragment() == nil
        else { throw SettingsError(message: "\(name) must be an http or https URL without a query. It is \(text).") }
        return text
    }

    /// A secret that clients present as a bearer token; what is wrong with one is said without repeating it.
    func token(_ name: String) async throws -> Secret? {
        guard let text = try await text(name) else { return nil }
        let isVisible = text.utf8.allSatisfy { (UInt8(ascii: "!")...UInt8(ascii: "~")).contains($0) }
        guard isVisible, Self.tokenLengths.contains(text.utf8.count) else {
            throw SettingsError(
                message:
                    "\(name) must be \(Self.tokenLengths.lowerBound) to \(Self.tokenLengths.upperBound) visible ASCII "
                    + "characters without blanks."
            )
        }
        return Secret(text)
    }

    /// From what cannot be guessed in any number of requests, to what fits any header.
    private static let tokenLengths = 16...256

    func flag(_ name: String) async throws -> Bool? {
        do {
            return try await config.fetchBool(forKey: ConfigKey([name]))
        } catch {
            throw SettingsError(message: "\(name) must be true or false.")
        }
    }

    func number(_ name: String, in range: ClosedRange<Int>) async throws -> Int? {
        let expectation = "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)."
        let value: Int?
        do {
            value = try await config.fetchInt(forKey: ConfigKey([name]))
        } catch {
            throw SettingsError(message: expectation)
        }
        if let value, !range.contains(value) { throw SettingsError(message: "\(expectation) It is \(value).") }
        return value
    }
}
