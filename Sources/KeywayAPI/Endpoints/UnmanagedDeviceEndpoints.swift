import KeywayModel
import KeywayStore

/// `/devices/unmanaged/*` (wire contract, section 4.3): devices that are only shown.
enum UnmanagedDeviceEndpoints {
    static let all = [get, list, update]

    private static let get = Endpoint(
        "/devices/unmanaged/get",
        .read,
        accepts: .standardAndClientSession,
        "Returns a device that is not managed, by its id, its name, or both.",
        parameters: [DeviceLookup.id, DeviceLookup.name],
        needsOneOf: [DeviceLookup.id, DeviceLookup.name],
        answer: [AnswerKey("device", .named(.unmanagedDevice))]
    ) { call, caller in
        ["device": DeviceBody(device: try await DeviceLookup.unmanagedDevice(call, caller))]
    }

    private static let list = Endpoint(
        "/devices/unmanaged/list",
        .read,
        accepts: .standard,
        "Returns devices that are not managed, the oldest first. Filters are joined by AND; an empty list filter "
            + "matches nothing.",
        parameters: DeviceFilters.ofUnmanagedDevices + [Paging.limit(byDefault: 22_900), Paging.cursor],
        answer: [
            AnswerKey("devices", .list(of: .named(.unmanagedDevice))),
            AnswerKey("pagination", .named(.pagination)),
        ]
    ) { call, caller in
        let page = try await DeviceFilters.page(call, caller, isManaged: false)
        return [
            "devices": page.elements.map { DeviceBody(device: $0) },
            "pagination": call.pagination(next: page.next),
        ]
    }

    private static let isManaged = Parameter.optional(
        "is_managed",
        .literal(true),
        "True: manage the device from now on, so that it can be acted on."
    )

    private static let update = Endpoint(
        "/devices/unmanaged/update",
        .update,
        accepts: .standard,
        "Changes the custom metadata of a device that is not managed, or begins to manage it.",
        parameters: [DeviceLookup.required, isManaged, CustomMetadata.changes]
    ) { call, caller in
        let id = try call[DeviceLookup.required]
        let metadata = try call[CustomMetadata.changes] ?? [:]
        let becomesManaged = try call[isManaged] ?? false
        try await call.once(caller) {
            try await DeviceLookup.change(id, call, caller) { device throws(APIError) in
                guard !device.isManaged else { throw .deviceManaged }
                try CustomMetadata.merge(metadata, into: &device.customMetadata)
                device.isManaged = becomesManaged
                return becomesManaged ? [call.event(.deviceConvertedToManaged, about: device)] : []
            }
        }
        return .done
    }
}
