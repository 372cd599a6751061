import Foundation

/// Where a result is going to be written.
enum OutputFile {
    /// Finds out before the work is done whether its result has a place to go.
    static func check(_ path: String) throws {
        let url = URL(fileURLWithPath: path)
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue {
            throw Failure(
                code: "is_folder", message: "\(path): is a folder. Name a file in it.", file: path, isInputError: true)
        }
        try checkParent(of: path)
    }

    /// Finds out whether the folder is there in which something is going to be written.
    static func checkParent(of path: String) throws {
        var isFolder: ObjCBool = false
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else {
            throw Failure(
                code: "file_not_found",
                message: "\(path): there is no folder \(folder). Make it, or name another place.",
                file: path, isInputError: true)
        }
        guard access(folder, W_OK) == 0 else {
            throw Failure(
                code: "read_only", message: "\(path): the folder cannot be written. Name another place.", file: path,
                isInputError: false)
        }
    }
}
