import Foundation

/// Runs a body with the path of a file in a fresh directory, and removes the directory afterwards.
func withTemporaryFile(_ body: (String) async throws -> Void) async throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("keyway-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: url) }
    try await body(url.appendingPathComponent("keyway.sqlite").path)
}
