import GRDB

extension LibraryDatabase {
    /// When guidelines last changed, in ISO 8601 and UTC; when the library was made, where none ever did. O(guidelines and
    /// their history).
    package func lastChange() throws -> String {
        try read { database in
            var times = try [
                database.text("SELECT value FROM meta WHERE key = 'created'"),
                database.text("SELECT max(updated_at) FROM guideline"),
            ]
            if try LibrarySchema.hasHistory(database) {
                times.append(try database.text("SELECT max(changed_at) FROM guideline_history"))
            }
            return times.dropFirst().compactMap { $0 }.max() ?? times[0] ?? ""
        }
    }
}
