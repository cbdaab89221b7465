import Foundation
import KeywayStore
import KeywayStoreSQLite
import Testing

@Suite("DataDirectory")
struct DataDirectoryTests {
    @Test("the directory is made with those above it, for its owner only, and kept if it is there")
    func creation() async throws {
        try await withTemporaryDirectory { parent in
            let directory = DataDirectory(path: parent + "/deep/keyway")
            for _ in 1...2 {
                try directory.create()
                let attributes = try FileManager.default.attributesOfItem(atPath: directory.path)
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700)
            }
            #expect(directory.databasePath == parent + "/deep/keyway/keyway.sqlite")
        }
    }

    @Test("a file in the directory's place is refused with its name")
    func fileInPlace() async throws {
        try await withTemporaryDirectory { parent in
            let path = parent + "/keyway"
            try Data().write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: StoreError.self) { try DataDirectory(path: path).create() }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains(path) == true)
        }
    }

    @Test("a second server on the directory is refused, and told which process has it, until the first ends")
    func locking() async throws {
        try await withTemporaryDirectory { path in
            let directory = DataDirectory(path: path)
            var lock: DataDirectoryLock? = try directory.lock()
            let error = #expect(throws: StoreError.self) { try directory.lock() }
            #expect(error?.code == .busy)
            #expect(error?.message.contains(path) == true)
            #expect(error?.message.contains("process \(ProcessInfo.processInfo.processIdentifier)") == true)
            withExtendedLifetime(lock) {}
            lock = nil
            let next = try directory.lock()
            withExtendedLifetime(next) {}
        }
    }

    @Test("a directory that is not there cannot be locked")
    func missing() async throws {
        try await withTemporaryDirectory { parent in
            let directory = DataDirectory(path: parent + "/nowhere")
            let error = #expect(throws: StoreError.self) { try directory.lock() }
            #expect(error?.code == .unavailable)
            #expect(error?.message.contains(directory.path) == true)
        }
    }

    @Test("the database opens while another process has the directory")
    func databaseWithoutLock() async throws {
        try await withTemporaryDirectory { path in
            let directory = DataDirectory(path: path)
            let lock = try directory.lock()
            let store = try SQLiteStore(SQLiteStoreConfiguration(path: directory.databasePath))
            try await store.check()
            try await store.close()
            withExtendedLifetime(lock) {}
        }
    }
}
