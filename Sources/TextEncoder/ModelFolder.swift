import Platform

/// The files of a model's folder.
struct ModelFolder: Sendable {
    let path: String

    /// The last component of the path.
    var name: String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    func path(of name: String) -> String {
        path.hasSuffix("/") ? path + name : "\(path)/\(name)"
    }

    /// - Throws: `missingFile` or `unreadableFile`.
    func map(_ name: String) throws(EncoderError) -> MappedFile {
        let path = path(of: name)
        do throws(FileError) {
            return try MappedFile(path: path)
        } catch {
            throw error.isMissing
                ? EncoderError.missingFile(path: path)
                : EncoderError.unreadableFile(path: path, reason: error.description)
        }
    }

    /// A copy of the file's bytes.
    func bytes(_ name: String) throws(EncoderError) -> [UInt8] {
        let file = try map(name)
        return withExtendedLifetime(file) { Array(file.bytes) }
    }

    /// The file's bytes; nil where there is no such file.
    func bytesIfPresent(_ name: String) throws(EncoderError) -> [UInt8]? {
        do throws(EncoderError) {
            return try bytes(name)
        } catch {
            guard case .missingFile = error else { throw error }
            return nil
        }
    }

    /// A JSON file, parsed; nil where there is no such file.
    func jsonIfPresent(
        _ name: String, table: JSONDocument.TablePath? = nil
    ) throws(EncoderError) -> JSONElement? {
        guard let bytes = try bytesIfPresent(name) else { return nil }
        return try JSONDocument(bytes, path: path(of: name), table: table).root
    }

    /// A JSON file, parsed.
    func json(_ name: String) throws(EncoderError) -> JSONElement {
        try JSONDocument(bytes(name), path: path(of: name)).root
    }
}
