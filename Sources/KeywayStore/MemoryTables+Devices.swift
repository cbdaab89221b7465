package import KeywayModel

extension MemoryTables {
    /// A device; nil if there is none with this id in the workspace, or it is deleted; without a workspace it looks in
    /// all, and at deleted ones too.
    package func device(_ id: Identifier<Device>, in workspaceID: Identifier<Workspace>?) -> Device? {
        guard let position = devicePositions[id] else { return nil }
        let device = devices[position]
        guard let workspaceID else { return device }
        return device.workspaceID == workspaceID && device.deletedAt == nil ? device : nil
    }

    func devices(_ query: DeviceQuery) -> Page<Device> {
        let start = query.after.map { Int($0) }
        if let start, !devices.indices.contains(start) { return Page(elements: [], next: nil) }
        let positions =
            devices.indices
            .filter { position in
                let isLater = start.map { devices[position].isListed(after: devices[$0]) } ?? true
                return isLater && query.matches(devices[position])
            }
            .sorted { devices[$1].isListed(after: devices[$0]) }
        return page(of: positions, limit: query.limit) { devices[$0] }
    }

    mutating func add(_ device: Device, event: Event) throws(StoreError) {
        guard devicePositions[device.id] == nil else { return }
        try insert([device])
        append([event], to: device.workspaceID)
    }

    mutating func updateDevice<Refusal: Error>(
        _ id: Identifier<Device>,
        in workspaceID: Identifier<Workspace>?,
        _ change: (inout Device) throws(Refusal) -> [Event]
    ) -> Result<Device, Refusal>? {
        guard let position = devicePositions[id] else { return nil }
        let device = devices[position]
        guard workspaceID == nil || device.workspaceID == workspaceID else { return nil }
        var changed = device
        let events: [Event]
        do throws(Refusal) {
            events = try change(&changed)
        } catch {
            return .failure(error)
        }
        devices[position] = device.updated(by: changed)
        append(events, to: device.workspaceID)
        return .success(devices[position])
    }

    /// Appends the devices whose id is new; all or none.
    mutating func insert(_ new: [Device]) throws(StoreError) {
        let unseen = new.filter { devicePositions[$0.id] == nil }
        for device in unseen where account(device.connectedAccountID)?.workspaceID != device.workspaceID {
            let message = "A device names a connected account that its workspace does not have."
            throw StoreError(.conflict, message: message)
        }
        for device in unseen {
            devicePositions[device.id] = devices.count
            devices.append(device)
        }
    }
}

extension Device {
    /// Whether it comes later in a list than another device.
    fileprivate func isListed(after other: Device) -> Bool {
        (createdAt, id) > (other.createdAt, other.id)
    }
}

extension DeviceQuery {
    fileprivate func matches(_ device: Device) -> Bool {
        device.workspaceID == workspaceID
            && (includesDeleted || device.deletedAt == nil)
            && isManaged.map { device.isManaged == $0 } ?? true
            && ids?.contains(device.id) ?? true
            && connectedAccountIDs?.contains(device.connectedAccountID) ?? true
            && deviceTypes?.contains(device.description.deviceType) ?? true
            && manufacturer.map { device.description.manufacturer == $0 } ?? true
            && name.map { device.description.name == $0 || device.nickname == $0 } ?? true
            && includedCapabilities.allSatisfy { device.description.hasCapability($0) }
            && !excludedCapabilities.contains { device.description.hasCapability($0) }
            && createdBefore.map { device.createdAt < $0 } ?? true
            && device.customMetadata.matches(customMetadata)
            && matchesSearch(device)
    }

    private func matchesSearch(_ device: Device) -> Bool {
        guard let foldedSearch else { return true }
        return device.searchText.utf8.contains(foldedSearch.utf8)
            || idPrefix.map { device.id.description.hasPrefix($0) } ?? false
    }
}

extension DeviceDescription {
    fileprivate func hasCapability(_ flag: String) -> Bool {
        DeviceCapability(rawValue: flag).map(capabilities.contains) ?? false
    }
}

extension [String: MetadataValue] {
    /// Whether it has each of some pairs, as queries ask for them.
    func matches(_ pairs: [String: String?]) -> Bool {
        pairs.allSatisfy { key, text in self[key]?.comparedText == text }
    }
}
