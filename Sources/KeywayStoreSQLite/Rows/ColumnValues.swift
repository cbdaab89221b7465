import GRDB
import KeywayModel

// How the model's values stand in columns: identifiers and enumerations as text, times as whole microseconds.

extension Identifier: DatabaseValueConvertible {
    /// The text form.
    var databaseValue: DatabaseValue { description.databaseValue }

    /// Reads the text form; nil for anything else.
    static func fromDatabaseValue(_ value: DatabaseValue) -> Self? {
        String.fromDatabaseValue(value).flatMap { Self($0) }
    }
}

extension Timestamp: DatabaseValueConvertible {
    /// Microseconds since 1970.
    var databaseValue: DatabaseValue { microseconds.databaseValue }

    /// Reads microseconds since 1970; nil for anything else.
    static func fromDatabaseValue(_ value: DatabaseValue) -> Self? {
        Int64.fromDatabaseValue(value).map { Self(microseconds: $0) }
    }
}

extension Requester: DatabaseValueConvertible {
    /// The text form.
    var databaseValue: DatabaseValue { description.databaseValue }

    /// Reads the text form; nil for anything else.
    static func fromDatabaseValue(_ value: DatabaseValue) -> Self? {
        String.fromDatabaseValue(value).flatMap { Self($0) }
    }
}

// GRDB stores these as their raw values.
extension ActionAttempt.Status: DatabaseValueConvertible {}
extension ActionType: DatabaseValueConvertible {}
extension BoltState: DatabaseValueConvertible {}
extension Delivery.Reason: DatabaseValueConvertible {}
extension Delivery.Status: DatabaseValueConvertible {}
extension EventType: DatabaseValueConvertible {}
extension FailureCause: DatabaseValueConvertible {}
extension OfflineCause: DatabaseValueConvertible {}
extension Provider: DatabaseValueConvertible {}
