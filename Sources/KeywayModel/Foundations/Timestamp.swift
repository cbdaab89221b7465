/// A point of wall-clock time, to the microsecond, for storing and showing; never for measuring how long something took.
///
/// The wire form is ISO 8601 in UTC with milliseconds, `2026-03-01T09:30:00.000Z`. Range: years 0001 to 9999.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    package let microseconds: Int64

    /// Makes a timestamp from microseconds since the Unix epoch.
    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Orders by time.
    package static func < (left: Self, right: Self) -> Bool {
        left.microseconds < right.microseconds
    }

    /// The time a duration after a timestamp, to the microsecond.
    package static func + (time: Self, duration: Duration) -> Self {
        Self(microseconds: time.microseconds + duration.wholeMicroseconds)
    }

    /// How long after the second timestamp the first one is; negative if before.
    package static func - (later: Self, earlier: Self) -> Duration {
        .microseconds(later.microseconds - earlier.microseconds)
    }
}

extension Duration {
    /// The duration in whole microseconds, fractions cut off.
    package var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }

    /// The duration in whole seconds, rounded up: what a `Retry-After` header says.
    package var secondsRoundedUp: Int64 {
        components.seconds + (components.attoseconds > 0 ? 1 : 0)
    }
}

extension Timestamp: CustomStringConvertible {
    /// ISO 8601 in UTC with milliseconds.
    package var description: String {
        let (days, microsecondOfDay) = microseconds.quotientAndRemainderFlooring(by: 86_400_000_000)
        let date = CivilDate(daysSinceEpoch: days)
        let milliseconds = microsecondOfDay / 1000
        return String(unsafeUninitializedCapacity: 24) { buffer in
            var position = 0
            func write(_ value: Int64, digits: Int, then separator: Unicode.Scalar) {
                var rest = value
                for index in stride(from: position + digits - 1, through: position, by: -1) {
                    buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
                buffer[position + digits] = UInt8(ascii: separator)
                position += digits + 1
            }
            write(date.year, digits: 4, then: "-")
            write(date.month, digits: 2, then: "-")
            write(date.day, digits: 2, then: "T")
            write(milliseconds / 3_600_000, digits: 2, then: ":")
            write(milliseconds / 60000 % 60, digits: 2, then: ":")
            write(milliseconds / 1000 % 60, digits: 2, then: ".")
            write(milliseconds % 1000, digits: 3, then: "Z")
            return position
        }
    }
}

extension Timestamp: LosslessStringConvertible {
    /// Parses an ISO 8601 date, or date and time with an offset: `2026-03-01`, `2026-03-01T09:30Z`, `2026-03-01
    /// 09:30:00.123456+01:00`.
    ///
    /// A time without an offset is taken as UTC. Nil for anything else.
    package init?(_ text: String) {
        var reader = DigitReader(text)
        guard let year = reader.number(digits: 4), year >= 1, reader.take("-"),
            let month = reader.number(digits: 2), (1...12).contains(month), reader.take("-"),
            let day = reader.number(digits: 2), (1...CivilDate.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        var microsecondOfDay: Int64 = 0
        var offsetMinutes: Int64 = 0
        if !reader.isAtEnd {
            guard reader.take("T") || reader.take("t") || reader.take(" "),
                let hour = reader.number(digits: 2), hour < 24, reader.take(":"),
                let minute = reader.number(digits: 2), minute < 60
            else { return nil }
            var second: Int64 = 0
            var fraction: Int64 = 0
            if reader.take(":") {
                guard let value = reader.number(digits: 2), value < 60 else { return nil }
                second = value
                if reader.take(".") {
                    guard let value = reader.fractionInMicroseconds() else { return nil }
                    fraction = value
                }
            }
            if !reader.isAtEnd {
                guard let offset = reader.offsetInMinutes(), reader.isAtEnd else { return nil }
                offsetMinutes = offset
            }
            microsecondOfDay = ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction
        }
        let days = CivilDate(year: year, month: month, day: day).daysSinceEpoch
        self.init(microseconds: days * 86_400_000_000 + microsecondOfDay - offsetMinutes * 60_000_000)
    }
}

extension Timestamp: Codable {
    /// Reads the text form.
    ///
    /// - Throws: `DecodingError.dataCorrupted` for a text that is no ISO 8601 time.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an ISO 8601 time")
        }
        self = value
    }

    /// Writes the text form.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A day of the proleptic Gregorian calendar, converted by counting days in 400-year eras that begin on 1 March.
private struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The era is 146,097 days long; a shifted year begins in March, so that a leap day is its last.
    init(daysSinceEpoch: Int64) {
        let (era, dayOfEra) = (daysSinceEpoch + 719_468).quotientAndRemainderFlooring(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSinceEpoch: Int64 {
        let (era, yearOfEra) = (month <= 2 ? year - 1 : year).quotientAndRemainderFlooring(by: 400)
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func days(inMonth month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}

/// Reads fixed-width decimal fields from the front of a text.
private struct DigitReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: scalar) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(digits: Int) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = rest.popFirst(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else {
                return nil
            }
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return value
    }

    /// Takes one or more digits; what is finer than a microsecond is cut off.
    mutating func fractionInMicroseconds() -> Int64? {
        var value: Int64 = 0
        var count = 0
        while let digit = rest.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
            rest.removeFirst()
            if count < 6 { value = value * 10 + Int64(digit - UInt8(ascii: "0")) }
            count += 1
        }
        guard count > 0 else { return nil }
        for _ in 0..<max(0, 6 - count) { value *= 10 }
        return value
    }

    /// Takes `Z`, `+hh:mm`, `-hh:mm` or the same without the colon.
    mutating func offsetInMinutes() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let sign: Int64
        if take("+") { sign = 1 } else if take("-") { sign = -1 } else { return nil }
        guard let hours = number(digits: 2), hours < 24 else { return nil }
        _ = take(":")
        guard let minutes = number(digits: 2), minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}

extension Int64 {
    fileprivate func quotientAndRemainderFlooring(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
