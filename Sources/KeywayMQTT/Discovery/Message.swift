import KeywayModel

/// A message of a device, decoded once for all who read it.
package struct Message: Sendable {
    /// The largest message of a device that is read, in bytes.
    static let maximumSize = 65_536

    /// Where it came.
    let topic: String
    /// Whether it says nothing at all.
    let isEmpty: Bool
    /// What it says; empty if it cannot be read.
    let text: String
    /// The same as JSON; nil if it is none.
    let json: JSONValue?
    /// Why it cannot be read; nil if it can.
    let unreadable: String?

    /// Decodes a message.
    package init(topic: String, payload: [UInt8]) {
        self.topic = topic
        isEmpty = payload.isEmpty
        let isSmall = payload.count <= Self.maximumSize
        let decoded = isSmall ? String(validating: payload, as: UTF8.self) : nil
        text = decoded ?? ""
        json = decoded == nil ? nil : try? JSONParser.parse(payload)
        unreadable =
            decoded != nil ? nil : isSmall ? "it is not UTF-8" : "it is larger than \(Self.maximumSize) bytes"
    }

    /// What the message says as a template has it, or as it is without one.
    ///
    /// - Returns: Nil if it is empty, or the template cannot say anything about it: it is ignored then, as Home
    ///   Assistant does.
    func value(_ template: ValueTemplate?) -> String? {
        let value: String
        if let template {
            var variables: [String: TemplateValue] = ["value": .string(text)]
            variables["value_json"] = json.map(TemplateValue.init)
            guard let rendered = try? template.render(variables) else { return nil }
            value = rendered
        } else {
            value = text
        }
        return value.trimmingSpace().isEmpty ? nil : value
    }
}
