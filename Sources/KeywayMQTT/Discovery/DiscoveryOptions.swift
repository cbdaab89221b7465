import KeywayModel

/// The options of one announced entity, with names in full and topics complete, and a list of what is wrong with them.
struct DiscoveryOptions {
    private let members: [String: JSONValue]
    /// What is not understood so far: sentences for a person.
    private(set) var warnings: [String] = []

    /// Completes the options of an entity.
    ///
    /// - Parameters:
    ///   - members: The options as announced.
    ///   - shared: Those of the device that the entity has too unless it has its own, already complete.
    init(_ members: [String: JSONValue], shared: [String: JSONValue] = [:]) {
        self.members = shared.merging(Self.completed(members)) { _, own in own }
    }

    /// Options with names in full, and `~` replaced by the base topic.
    static func completed(_ members: [String: JSONValue]) -> [String: JSONValue] {
        var options = DiscoveryNames.expanded(members, by: DiscoveryNames.entity)
        if case .object(let device) = options["device"] {
            options["device"] = .object(DiscoveryNames.expanded(device, by: DiscoveryNames.device))
        }
        if case .object(let origin) = options["origin"] {
            options["origin"] = .object(DiscoveryNames.expanded(origin, by: DiscoveryNames.origin))
        }
        switch options["availability"] {
        case .array(let items): options["availability"] = .array(items.map(availability))
        case .object(let item): options["availability"] = .array([availability(.object(item))])
        default: break
        }
        guard let base = options.removeValue(forKey: "~")?.stringValue else { return options }
        for (name, value) in options where name.hasSuffix("topic") { options[name] = complete(value, base) }
        if case .array(let items) = options["availability"] {
            options["availability"] = .array(
                items.map { item in
                    guard case .object(var members) = item, let topic = members["topic"] else { return item }
                    members["topic"] = complete(topic, base)
                    return .object(members)
                }
            )
        }
        return options
    }

    private static func availability(_ item: JSONValue) -> JSONValue {
        guard case .object(let members) = item else { return item }
        return .object(DiscoveryNames.expanded(members, by: DiscoveryNames.availability))
    }

    private static func complete(_ topic: JSONValue, _ base: String) -> JSONValue {
        guard var text = topic.stringValue else { return topic }
        if text.hasPrefix("~") { text = base + text.dropFirst() }
        if text.hasSuffix("~") { text = text.dropLast() + base }
        return .string(text)
    }

    // MARK: Values

    /// The raw value of an option.
    subscript(name: String) -> JSONValue? {
        guard let value = members[name], value != .null else { return nil }
        return value
    }

    /// An option as text, as Home Assistant takes it: a number or truth value is what Python writes for it.
    func text(_ name: String) -> String? { self[name].flatMap(Self.text) }

    /// A value as text; nil for lists and objects, which are none.
    static func text(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .number, .bool: try? TemplateValue(value).text()
        case .null, .array, .object: nil
        }
    }

    /// An option as a truth value, in the forms that Home Assistant takes.
    func flag(_ name: String) -> Bool {
        switch self[name] {
        case .bool(let flag): flag
        case .number(let number): number != 0
        case .string(let text): ["1", "true", "yes", "on", "enable"].contains(text.lowercased())
        default: false
        }
    }

    /// An option that names a topic; one that no message can come from or go to becomes a warning.
    mutating func topic(_ name: String) -> String? {
        guard let value = self[name] else { return nil }
        guard let topic = value.stringValue, TopicName.isValid(topic) else {
            warn("The \(name) is not the name of one topic.")
            return nil
        }
        return topic
    }

    /// What became of an option that is a template.
    enum TemplateOption {
        case absent
        case understood(ValueTemplate)
        case notUnderstood

        var template: ValueTemplate? {
            guard case .understood(let template) = self else { return nil }
            return template
        }

        var isNotUnderstood: Bool {
            guard case .notUnderstood = self else { return false }
            return true
        }
    }

    /// An option that is a template; one that is not understood becomes a warning.
    mutating func template(_ name: String, variables: Set<String> = ["value", "value_json"]) -> TemplateOption {
        template(self[name], called: name, variables: variables)
    }

    /// A template that came inside another option.
    mutating func template(
        _ value: JSONValue?,
        called name: String,
        variables: Set<String> = ["value", "value_json"]
    ) -> TemplateOption {
        guard let value, value != .null else { return .absent }
        guard let source = value.stringValue else {
            warn("The \(name) is not a text.")
            return .notUnderstood
        }
        guard source.utf8.count <= AnnouncementLimits.templateSize else {
            warn("The \(name) is longer than \(AnnouncementLimits.templateSize) bytes.")
            return .notUnderstood
        }
        do {
            return .understood(try ValueTemplate(source, variables: variables))
        } catch {
            warn("The \(name) is not understood: \(error.reason).")
            return .notUnderstood
        }
    }

    /// Whether options that are words are short enough; one that is not becomes a warning.
    mutating func areShort(_ names: [String]) -> Bool {
        let long = names.filter { text($0).map { $0.utf8.count > AnnouncementLimits.wordSize } ?? false }
        for name in long { warn("The \(name) is longer than \(AnnouncementLimits.wordSize) bytes.") }
        return long.isEmpty
    }

    /// Adds a warning, unless it is there already.
    mutating func warn(_ warning: String) {
        let warning = AnnouncementLimits.text(warning)
        if !warnings.contains(warning) { warnings.append(warning) }
    }
}
