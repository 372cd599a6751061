extension GuidelineStoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .fileNotFound, .unreadable, .emptyFile, .noRecords, .unknownFormat, .notUTF8, .unsupportedEncoding,
            .tooLong, .syntax, .truncated, .invalidField, .emptyText, .duplicateID, .invalidFilter:
            inputDescription
        default:
            libraryDescription
        }
    }

    private var inputDescription: String {
        switch self {
        case .fileNotFound(let path):
            "\(path): no such file. Check the path."
        case .unreadable(let path, let reason):
            "\(path): cannot be read: \(reason)."
        case .emptyFile(let path):
            "\(path): the file is empty."
        case .noRecords(let path, let hint):
            "\(path): nothing to read in it: \(hint)."
        case .unknownFormat(let path):
            "\(path): the name does not tell the format. Known endings are \(ImportFormat.knownExtensions); otherwise "
                + "name the format."
        case .notUTF8(let location, let offset):
            "\(location): not UTF-8 at byte \(offset) of the input. Convert the file to UTF-8."
        case .unsupportedEncoding(let path, let encoding):
            "\(path): the file is \(encoding). Convert it to UTF-8."
        case .tooLong(let location, let what, let limit):
            "\(location): the \(what) is longer than \(limit) bytes. Split it, or raise the limit if it is meant."
        case .syntax(let location, let format, let problem):
            "\(location): not valid \(format): \(problem)."
        case .truncated(let location, let format, let problem):
            "\(location): the \(format) ends too early: \(problem). The file may have been cut off."
        case .invalidField(let field, let problem, let location):
            "\(Self.prefix(location))field \"\(field)\" \(problem)."
        case .emptyText(let field, let location):
            "\(Self.prefix(location))field \"\(field)\" is empty. Give it text or leave the record out."
        case .duplicateID(let id, let first, let second):
            "\(Self.prefix(second))the id \"\(id)\" was used before\(first.map { " at \($0)" } ?? "") for another "
                + "record. Ids must be unique."
        case .invalidFilter(let expression, let column, let expected):
            "the filter is wrong at column \(column): expected \(expected)\(expected.hasSuffix("?") ? "" : ".")\n"
                + Self.excerpt(of: expression, column: column)
        default:
            ""
        }
    }

    private var libraryDescription: String {
        switch self {
        case .libraryNotFound(let path):
            "\(path): there is no library. Build one first, or check the path."
        case .libraryExists(let path):
            "\(path): there is a library already. Open it, or choose another folder."
        case .notALibrary(let path, let reason):
            "\(path): not a Fingerpost library: \(reason). The file was left as it was."
        case .newerVersion(let path, let found, let supported):
            "\(path): the library has format \(found); this version of Fingerpost reads up to \(supported). Update "
                + "Fingerpost. The file was left as it was."
        case .corrupt(let path, let code, let reason):
            "\(path): the database is damaged (SQLite \(code): \(reason)). Restore a backup, or build the library again "
                + "from its sources in another folder."
        case .busy(let path, let seconds):
            "\(path): another process is writing to the library; waited \(seconds) s. Try again when it is done, or "
                + "wait longer."
        case .diskFull(let path):
            "\(path): no space is left for the library. Free some space and try again; what was stored before is intact."
        case .readOnly(let path):
            "\(path): the library cannot be written: it was opened for reading only, or its file or folder is read-only."
        case .needsRecovery(let path):
            "\(path): a writer did not finish closing this library, and its folder is read-only. Open it once where the "
                + "folder can be written, or copy the whole folder."
        case .closed(let path):
            "\(path): the library has been closed."
        case .unknownLibraryVersion(let path, let version, let newest):
            "\(path): the library has no version \(version); its versions go from 0 to \(newest)."
        case .unknownGuidelineVersion(let path, let id, let version, let known):
            known.isEmpty
                ? "\(path): the library has never had a guideline \"\(id)\". Check the id."
                : "\(path): the guideline \"\(id)\" has no version\(version.map { " \($0)" } ?? ""); its versions are "
                    + known.suffix(20).map(String.init).joined(separator: ", ") + "."
        case .logFull(let path, let bytes, let limit):
            "\(path): the decision log would take up \(bytes) bytes, more than the \(limit) that it may. Collect it (fingerpost log "
                + "collect), or allow it more."
        case .noEncoder(let path):
            "\(path): the library has no encoder yet, so it can hold no vectors. Set the encoder first."
        case .encoderMismatch(let path, let stored, let requested):
            "\(path): the library's vectors come from the encoder \(stored), not from \(requested). Use that encoder, or "
                + "encode all guidelines again with the new one (build with --reencode)."
        case .wrongDimension(let passage, let expected, let found):
            "the vector\(passage.map { " for passage \($0)" } ?? "") has \(found) numbers; the library's encoder gives "
                + "\(expected)."
        case .notFinite(let passage, let index):
            "the vector for passage \(passage) is not finite at index \(index)."
        case .database(let path, let code, let reason):
            "\(path): SQLite error \(code): \(reason)."
        default:
            ""
        }
    }

    /// The expression on one line, with a caret below the column; of a long one the part around it.
    private static func excerpt(of expression: String, column: Int) -> String {
        let width = 72
        let characters = expression.map { $0.isNewline || $0 == "\t" ? " " : $0 }
        var start = max(0, min(column - 1 - width / 2, characters.count - width))
        if column <= width - 8 { start = 0 }
        let end = min(characters.count, start + width)
        let before = start > 0 ? "..." : ""
        let text = before + String(characters[start..<end]) + (end < characters.count ? "..." : "")
        return "  \(text)\n  " + String(repeating: " ", count: before.count + max(0, column - 1 - start)) + "^"
    }

    private static func prefix(_ location: InputLocation?) -> String {
        location.map { "\($0): " } ?? ""
    }
}
