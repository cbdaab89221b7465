package import KeywayModel

// What is said more briefly in these words.

extension Store {
    /// Adds what is new of a workspace, its accounts and its devices, reached by no token in particular.
    package func add(
        _ workspace: Workspace,
        accounts: [ConnectedAccount],
        devices: [Device]
    ) async throws(StoreError) {
        try await add(workspace, accounts: accounts, devices: devices, reachedBy: nil)
    }

    /// Adds a connected account without devices.
    package func add(_ account: ConnectedAccount) async throws(StoreError) {
        try await add(account, devices: [], events: [])
    }

    /// Replaces a device's driver settings; no effect if the device is gone.
    package func setDriverSettings(_ settings: JSONValue, of deviceID: Identifier<Device>) async throws(StoreError) {
        _ = try await updateDevice(deviceID, in: nil) { device throws(Never) in
            device.driverSettings = settings
            return []
        }
    }

    /// Replaces a device's description and driver settings; no effect if the device is gone.
    package func describe(
        _ deviceID: Identifier<Device>,
        as description: DeviceDescription,
        driverSettings: JSONValue
    ) async throws(StoreError) {
        _ = try await updateDevice(deviceID, in: nil) { device throws(Never) in
            device.description = description
            device.driverSettings = driverSettings
            return []
        }
    }

    /// Marks a connected account as removed and forgets its settings; one that was removed before keeps its first time.
    ///
    /// - Returns: The account after the change; nil if there is none with this id.
    @discardableResult
    package func removeConnectedAccount(
        _ id: Identifier<ConnectedAccount>,
        at time: Timestamp
    ) async throws(StoreError) -> ConnectedAccount? {
        let removed = try await updateConnectedAccount(id, in: nil) { account throws(Never) in
            account.removedAt = account.removedAt ?? time
            account.settings = .null
            return []
        }
        return removed.map { $0.get() }
    }

    /// Changes every record of a workspace that is wanted, one after the other.
    ///
    /// - Parameters:
    ///   - kind: The kind of record.
    ///   - workspaceID: The workspace.
    ///   - isWanted: Whether a record is to be changed.
    ///   - change: Changes a record as it is by then; if it throws, that one and those after it stay as they are.
    /// - Returns: How many were changed.
    /// - Throws: What `isWanted` and `change` throw; ``StoreError``.
    package func updateEach<Record: OwnedRecord>(
        _ kind: Record.Type,
        in workspaceID: Identifier<Workspace>,
        where isWanted: (Record) throws -> Bool,
        change: @escaping @Sendable (inout Record) throws -> Void
    ) async throws -> Int {
        var count = 0
        var position: Int64?
        repeat {
            let page = try await records(kind, in: workspaceID, limit: 500, after: position)
            for record in page.elements where try isWanted(record) {
                let result = try await update(record.id, in: workspaceID) { record throws(any Error) in
                    try change(&record)
                    return []
                }
                _ = try result?.get()
                count += 1
            }
            position = page.next
        } while position != nil
        return count
    }

    /// Returns every device that a query finds, page after page; the query's limit is the size of a page.
    package func everyDevice(_ query: DeviceQuery) async throws(StoreError) -> [Device] {
        var query = query
        var devices: [Device] = []
        repeat {
            let page = try await self.devices(query)
            devices += page.elements
            query.after = page.next
        } while query.after != nil
        return devices
    }
}
