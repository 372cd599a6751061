import GRDB

extension LibraryDatabase {
    /// The version of the SQLite library in this process.
    public static var sqliteVersion: String {
        get throws { try DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") ?? "" } }
    }
}
