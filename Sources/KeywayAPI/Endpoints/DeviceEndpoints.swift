import KeywayEngine
import KeywayModel
import KeywayStore

/// `/devices/*` (wire contract, section 4.3).
enum DeviceEndpoints {
    static let all = [get, list, update, delete, listProviders]

    // MARK: One device

    private static let get = Endpoint(
        "/devices/get",
        .read,
        accepts: .standardAndClientSession,
        "Returns a managed device, by its id, its name, or both.",
        parameters: [DeviceLookup.id, DeviceLookup.name],
        needsOneOf: [DeviceLookup.id, DeviceLookup.name],
        answer: [AnswerKey("device", .named(.device))]
    ) { call, caller in
        ["device": DeviceBody(device: try await DeviceLookup.managedDevice(call, caller))]
    }

    // MARK: Many devices

    private static let list = Endpoint(
        "/devices/list",
        .read,
        accepts: .standardAndClientSession,
        "Returns managed devices, the oldest first. Filters are joined by AND; an empty list filter matches nothing.",
        parameters: DeviceFilters.ofDevices + [Paging.limit, Paging.cursor],
        keeping: .untilDevicesChange,
        answer: [AnswerKey("devices", .list(of: .named(.device))), AnswerKey("pagination", .named(.pagination))]
    ) { call, caller in
        let page = try await DeviceFilters.page(call, caller, isManaged: true)
        return [
            "devices": page.elements.map { DeviceBody(device: $0) },
            "pagination": call.pagination(next: page.next),
        ]
    }

    private static let category = Parameter.optional(
        "provider_category",
        .nonEmptyString(),
        "Only providers of this category, such as `consumer_smartlocks`."
    )

    private static let listProviders = Endpoint(
        "/devices/list_device_providers",
        .read,
        accepts: .standardAndClientSession,
        "Returns the brands that this server has devices of: in a sandbox workspace those of its virtual devices, and "
            + "`unknown` for all makers behind the device cloud.",
        parameters: [category],
        answer: [AnswerKey("device_providers", .list(of: .named(.deviceProvider)))]
    ) { call, caller in
        let category = try call[category]
        let providers = DeviceProviders.of(caller.workspace, call.services)
            .filter { provider in category.map { provider.categories.map(\.rawValue).contains($0) } ?? true }
        return ["device_providers": providers.map { DeviceProviderBody(provider: $0) }]
    }

    // MARK: Changing

    /// The longest name in characters, as of connected accounts (wire contract, section 4.7).
    private static let longestName = 255
    private static let name = Parameter.nullable(
        "name",
        .string(0...longestName),
        "What the users call it. Null or an empty text: what its provider calls it."
    )
    private static let oldName = Parameter.nullable(
        "name",
        .string(0...longestName),
        "What the users call it; an older spelling of the parameter of that name, which counts if both are given."
    )
    private static let properties = Parameter.optional("properties", .object([oldName]), "Properties to change.")
    private static let isManaged = Parameter.defaulted(
        "is_managed",
        .boolean(),
        .bool(true),
        "False: only show the device from now on, and let nobody act on it."
    )
    private static let hasBackupCodes = Parameter.optional(
        "backup_access_code_pool_enabled",
        .boolean(),
        "Whether the device has a pool of backup access codes. No device of this server can have one, so true is "
            + "refused."
    )

    private static let update = Endpoint(
        "/devices/update",
        .update,
        accepts: .standardAndClientSession,
        "Changes the name or the custom metadata of a managed device, or stops managing it.",
        parameters: [DeviceLookup.required, name, properties, isManaged, CustomMetadata.changes, hasBackupCodes]
    ) { call, caller in
        let id = try call[DeviceLookup.required]
        let (renaming, metadata) = (try renaming(call), try call[CustomMetadata.changes] ?? [:])
        let (staysManaged, hasBackupCodes) = (try call[isManaged], try call[hasBackupCodes] ?? false)
        try await call.once(caller) {
            try await DeviceLookup.change(id, call, caller) { device throws(APIError) in
                guard device.isManaged else { throw .deviceUnmanaged }
                if hasBackupCodes { throw .deviceTypeNotSupported("This device has no pool of backup access codes") }
                let before = device.displayName
                if case .name(let name) = renaming { device.nickname = name }
                try CustomMetadata.merge(metadata, into: &device.customMetadata)
                device.isManaged = staysManaged
                var events: [Event] = []
                if device.displayName != before {
                    events.append(call.event(.deviceNameChanged, about: device, .deviceName(device.displayName)))
                }
                if !staysManaged { events.append(call.event(.deviceConvertedToUnmanaged, about: device)) }
                return events
            }
        }
        return .done
    }

    /// What becomes of the name that a device's users gave it.
    private enum Renaming {
        case stays
        /// The users call it this, or nothing any more.
        case name(String?)
    }

    private static func renaming(_ call: Call) throws -> Renaming {
        let given: String?
        if call.arguments.gives(name) {
            given = try call[name]
        } else if let properties = try call[properties], properties.gives(oldName) {
            given = try properties[oldName]
        } else {
            return .stays
        }
        return .name(given == "" ? nil : given)
    }

    private static let delete = Endpoint(
        "/devices/delete",
        .delete,
        accepts: .standard,
        "Deletes a device for good: what it was asked for and was not sent is cancelled, and nobody sees it any more. "
            + "Its action attempts and events can still be read.",
        parameters: [DeviceLookup.required]
    ) { call, caller in
        let id = try call[DeviceLookup.required]
        try await call.once(caller) {
            try await call.services.engine.delete(try await DeviceLookup.device(id, call, caller))
        }
        return .done
    }
}
