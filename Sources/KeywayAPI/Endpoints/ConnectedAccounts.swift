import KeywayDriver
import KeywayEngine
import KeywayModel
import KeywayStore

/// Finds and changes the connected accounts that a caller sees.
enum ConnectedAccounts {
    // MARK: One account

    /// The account of an id.
    ///
    /// - Throws: ``APIError`` of type `connected_account_not_found`, also for one that is removed.
    static func account(
        _ id: Identifier<ConnectedAccount>,
        _ call: Call,
        _ caller: Caller
    ) async throws -> ConnectedAccount {
        guard let account = try await call.services.store.connectedAccount(id),
            account.workspaceID == caller.workspaceID, account.removedAt == nil, caller.sees(id)
        else { throw notFound(id) }
        return account
    }

    /// Changes an account as it is at that moment, and writes the events that tell of it with it.
    ///
    /// `change` may be called more than once, and only the last call counts.
    ///
    /// - Throws: ``APIError`` of type `connected_account_not_found`; what `change` throws, and then nothing is changed.
    static func change(
        _ id: Identifier<ConnectedAccount>,
        _ call: Call,
        _ caller: Caller,
        _ change: @escaping @Sendable (inout ConnectedAccount) throws(APIError) -> [Event]
    ) async throws {
        let result = try await call.services.store.updateConnectedAccount(id, in: caller.workspaceID) {
            account throws(APIError) in
            guard account.removedAt == nil, caller.sees(id) else { throw notFound(id) }
            return try change(&account)
        }
        guard let result else { throw notFound(id) }
        _ = try result.get()
    }

    private static func notFound(_ id: Identifier<ConnectedAccount>) -> APIError {
        .notFound("connected_account", ["connected_account_id": id.description])
    }

    // MARK: Deletion

    /// Deletes an account's devices, takes it from client sessions, and marks it as removed, in this order, so that a
    /// new try goes on where one stopped.
    static func delete(_ account: ConnectedAccount, _ call: Call, _ caller: Caller) async throws {
        try await deleteDevices(of: account, call)
        try await takeFromClientSessions(account, call)
        try await change(account.id, call, caller) { account throws(APIError) in
            account.removedAt = call.services.time.now().wall
            // What its driver needs to use the connection: nobody needs it any more, and it holds secrets.
            account.settings = .null
            return [call.event(.connectedAccountDeleted, about: account)]
        }
        // Its driver may have found another one meanwhile.
        try await deleteDevices(of: account, call)
    }

    private static func deleteDevices(of account: ConnectedAccount, _ call: Call) async throws {
        try await forEachDevice(of: account, call) { device in try await call.services.engine.delete(device) }
    }

    private static func takeFromClientSessions(_ account: ConnectedAccount, _ call: Call) async throws {
        let id = account.id
        try await call.services.store.updateSessions(in: account.workspaceID) { session in
            session.connectedAccountIDs.contains(id)
        } change: { session in
            session.connectedAccountIDs.removeAll { $0 == id }
        }
        call.services.authenticator.forget()
    }

    // MARK: The connection

    /// Cuts the connection of a virtual account; one that is cut already has its devices told again.
    static func disconnect(
        _ account: ConnectedAccount,
        _ simulator: any DeviceSimulator,
        _ call: Call,
        _ caller: Caller
    ) async throws {
        try await change(account.id, call, caller) { account throws(APIError) in
            guard account.disconnectedAt == nil else { return [] }
            account.disconnectedAt = call.services.time.now().wall
            return [call.event(.connectedAccountDisconnected, about: account, .accountHealth(AccountHealth(account)))]
        }
        try await tellDevices(of: account, .accountDisconnected, simulator, call)
    }

    /// Has the devices of an account looked at, or a virtual account connected again.
    static func synchronize(_ account: ConnectedAccount, _ call: Call, _ caller: Caller) async throws {
        if let simulator = call.services.simulators[account.provider] {
            try await reconnect(account, simulator, call, caller)
        } else {
            await call.services.synchronizers[account.provider]?.synchronize(account.id)
        }
    }

    /// Restores the connection of a virtual account; one that stands has its devices told again.
    private static func reconnect(
        _ account: ConnectedAccount,
        _ simulator: any DeviceSimulator,
        _ call: Call,
        _ caller: Caller
    ) async throws {
        try await change(account.id, call, caller) { account throws(APIError) in
            guard account.disconnectedAt != nil else { return [] }
            account.disconnectedAt = nil
            return [call.event(.connectedAccountConnected, about: account)]
        }
        try await tellDevices(of: account, .accountConnected, simulator, call)
    }

    private static func tellDevices(
        of account: ConnectedAccount,
        _ happening: SimulatedHappening,
        _ simulator: any DeviceSimulator,
        _ call: Call
    ) async throws {
        try await forEachDevice(of: account, call) { device in
            try await Simulation.command(call) { try await simulator.simulate(happening, to: device) }
        }
    }

    // MARK: Its devices

    /// How many devices are dealt with at one time, so that they share their writes.
    private static let devicesAtOnce = 100

    /// Does something with every device of an account; stops at the first error.
    private static func forEachDevice(
        of account: ConnectedAccount,
        _ call: Call,
        _ body: @escaping @Sendable (Device) async throws -> Void
    ) async throws {
        var query = DeviceQuery(
            workspaceID: account.workspaceID,
            connectedAccountIDs: [account.id],
            limit: devicesAtOnce
        )
        repeat {
            let page = try await call.services.store.devices(query)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for device in page.elements { group.addTask { try await body(device) } }
                try await group.waitForAll()
            }
            query.after = page.next
        } while query.after != nil
    }
}
