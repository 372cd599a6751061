import CKernels

/// The pieces of a WordPiece model: UTF-8 bytes to token id, without a string per piece.
///
/// All bytes stand in one array; an open-addressing table of 64-bit slots (hash and entry) finds them. A piece that
/// begins with the continuation prefix is stored a second time without it, as another kind of key, so that looking
/// up the rest of a word needs no copy.
struct WordPieceVocabulary: Sendable {
    /// Where in a word a piece may stand.
    enum Position: UInt32 {
        case start, continuation

        /// What the hash of no bytes is.
        var seed: UInt64 { self == .start ? 0xCBF2_9CE4_8422_2325 : 0x9AE1_6A3B_2F90_404F }
    }

    /// FNV-1a over bytes: cheap to extend by one byte, which gives the hashes of all beginnings of a word in one pass.
    enum Hash {
        @inline(__always)
        static func extend(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }

        /// FNV leaves the high bits weak, and the table uses them all.
        @inline(__always)
        static func finish(_ hash: UInt64) -> UInt64 {
            let mixed = (hash ^ hash >> 29) &* 0x9E37_79B9_7F4A_7C15
            return mixed ^ mixed >> 32
        }
    }

    struct Entry {
        let start: UInt32
        /// Twice the number of bytes, plus the position.
        let key: UInt32
        var id: Int32
    }

    private var bytes: [UInt8] = []
    private var entries: [Entry] = []
    /// High 32 bits: those of the hash. Low 32 bits: entry index + 1; all 0 in an empty slot.
    private var slots: [UInt64]
    private let prefix: [UInt8]
    /// Bytes in the longest piece.
    private(set) var maximumPieceLength = 0
    /// Largest id; -1 while empty.
    private(set) var maximumID: Int32 = -1
    /// Different pieces.
    private(set) var count = 0

    /// - Parameter capacity: no more pieces than this may be inserted.
    init(capacity: Int, continuationPrefix: String) {
        prefix = Array(continuationPrefix.utf8)
        // A piece has at most two entries, and one slot must stay empty.
        var slotCount = 64
        while slotCount <= capacity * 2 { slotCount *= 2 }
        slots = Array(repeating: 0, count: slotCount)
        entries.reserveCapacity(capacity + capacity / 2)
        bytes.reserveCapacity(capacity * 8)
    }

    /// A piece that stands in a table twice.
    struct Duplicate: Error {
        let piece: String
    }

    /// The pieces and ids of a document's table. O(bytes).
    ///
    /// Pieces are hashed first and then put in their slots with memory asked for ahead: each would otherwise wait for
    /// its slot.
    init(_ document: JSONDocument, continuationPrefix: String) throws(Duplicate) {
        self.init(capacity: document.table.count, continuationPrefix: continuationPrefix)
        var hashes: [UInt64] = []
        hashes.reserveCapacity(entries.capacity)
        for entry in document.table {
            document.withName(of: entry) { piece in
                stage(piece, id: entry.value, at: .start, &hashes)
                if piece.starts(with: prefix) {
                    stage(
                        UnsafeBufferPointer(rebasing: piece.dropFirst(prefix.count)), id: entry.value,
                        at: .continuation, &hashes)
                }
            }
            maximumID = max(maximumID, entry.value)
        }
        count = document.table.count
        guard let duplicate = fillSlots(hashes) else { return }
        let span = bytes[Int(entries[duplicate].start)...].prefix(Int(entries[duplicate].key >> 1))
        throw Duplicate(piece: String(decoding: span, as: UTF8.self))
    }

    /// Appends an entry, with its hash, that is in no slot yet.
    @inline(__always)
    private mutating func stage(
        _ piece: UnsafeBufferPointer<UInt8>, id: Int32, at position: Position, _ hashes: inout [UInt64]
    ) {
        var hash = position.seed
        for byte in piece { hash = Hash.extend(hash, byte) }
        hashes.append(Hash.finish(hash))
        // A continuation is the end of the piece stored just before it: its bytes are there already.
        let start = position == .start ? bytes.count : bytes.count - piece.count
        if position == .start { bytes.append(contentsOf: piece) }
        entries.append(
            Entry(
                start: UInt32(truncatingIfNeeded: start),
                key: UInt32(truncatingIfNeeded: piece.count) << 1 | position.rawValue, id: id))
        maximumPieceLength = max(maximumPieceLength, piece.count)
    }

    /// Puts all entries in slots, which are empty. Stops at an entry that is there already, and returns its index.
    private mutating func fillSlots(_ hashes: [UInt64]) -> Int? {
        let ahead = 16
        return slots.withUnsafeMutableBufferPointer { slots in
            guard let first = slots.baseAddress else { return nil }
            return entries.withUnsafeBufferPointer { entries in
                bytes.withUnsafeBufferPointer { bytes in
                    let mask = slots.count - 1
                    let table = Table(
                        slots: UnsafeBufferPointer(slots), entries: entries, bytes: bytes, longest: maximumPieceLength)
                    for index in entries.indices {
                        if index + ahead < hashes.count {
                            fp_prefetch(first + Int(truncatingIfNeeded: hashes[index + ahead]) & mask)
                        }
                        let entry = entries[index]
                        let piece = UnsafeBufferPointer(
                            rebasing: bytes[Int(entry.start)...].prefix(Int(entry.key >> 1)))
                        let position: Position = entry.key & 1 == 0 ? .start : .continuation
                        let (slot, found) = table.slot(of: piece, hash: hashes[index], at: position)
                        if found != nil { return index }
                        slots[slot] = hashes[index] & 0xFFFF_FFFF_0000_0000 | UInt64(index + 1)
                    }
                    return nil
                }
            }
        }
    }

    /// Adds a piece, or gives the piece a new id.
    /// - Returns: the id it had before.
    @discardableResult
    mutating func insert(_ piece: UnsafeBufferPointer<UInt8>, id: Int32) -> Int32? {
        let previous = insert(piece, id: id, at: .start)
        if previous == nil { count += 1 }
        maximumID = max(maximumID, id)
        if piece.starts(with: prefix) {
            insert(UnsafeBufferPointer(rebasing: piece.dropFirst(prefix.count)), id: id, at: .continuation)
        }
        return previous
    }

    @discardableResult
    private mutating func insert(_ piece: UnsafeBufferPointer<UInt8>, id: Int32, at position: Position) -> Int32? {
        var hash = position.seed
        for byte in piece { hash = Hash.extend(hash, byte) }
        hash = Hash.finish(hash)
        let (slot, index) = withTable { $0.slot(of: piece, hash: hash, at: position) }
        if let index {
            let previous = entries[index].id
            entries[index].id = id
            return previous
        }
        // A continuation is the end of the piece stored just before it: its bytes are there already.
        let start = position == .start ? bytes.count : bytes.count - piece.count
        if position == .start { bytes.append(contentsOf: piece) }
        entries.append(
            Entry(
                start: UInt32(truncatingIfNeeded: start),
                key: UInt32(truncatingIfNeeded: piece.count) << 1 | position.rawValue, id: id))
        slots[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(entries.count)
        maximumPieceLength = max(maximumPieceLength, piece.count)
        return nil
    }

    /// The id of a whole piece as the vocabulary spells it.
    func id(of piece: String) -> Int32? {
        var piece = piece
        return piece.withUTF8 { bytes in
            var hash = Position.start.seed
            for byte in bytes { hash = Hash.extend(hash, byte) }
            return withTable { $0.id(of: bytes, hash: hash, at: .start) }
        }
    }

    /// Calls `body` with the ids of all pieces and the number of Unicode scalars in each.
    func forEachPiece(_ body: (_ id: Int32, _ scalarCount: Int) -> Void) {
        for entry in entries where entry.key & 1 == Position.start.rawValue {
            let span = bytes[Int(entry.start)..<Int(entry.start + entry.key >> 1)]
            body(entry.id, span.count { $0 & 0xC0 != 0x80 })
        }
    }

    /// The table as raw memory for as long as `body` runs.
    @inline(__always)
    func withTable<Result>(_ body: (Table) -> Result) -> Result {
        slots.withUnsafeBufferPointer { slots in
            entries.withUnsafeBufferPointer { entries in
                bytes.withUnsafeBufferPointer { bytes in
                    body(Table(slots: slots, entries: entries, bytes: bytes, longest: maximumPieceLength))
                }
            }
        }
    }

    /// A view for looking up; valid only inside `withTable`.
    struct Table {
        let slots: UnsafeBufferPointer<UInt64>
        let entries: UnsafeBufferPointer<Entry>
        let bytes: UnsafeBufferPointer<UInt8>
        /// Bytes in the longest piece.
        let longest: Int

        /// The entry of a piece, or the empty slot where it would go. `hash` has been finished.
        @inline(__always)
        fileprivate func slot(
            of piece: UnsafeBufferPointer<UInt8>, hash: UInt64, at position: Position
        ) -> (slot: Int, entry: Int?) {
            let mask = slots.count - 1
            let key = UInt32(truncatingIfNeeded: piece.count) << 1 | position.rawValue
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != 0 {
                if slots[slot] >> 32 == hash >> 32 {
                    let index = Int(slots[slot] & 0xFFFF_FFFF) - 1
                    if entries[index].key == key, isEqual(piece, at: Int(entries[index].start)) {
                        return (slot, index)
                    }
                }
                slot = (slot + 1) & mask
            }
            return (slot, nil)
        }

        @inline(__always)
        private func isEqual(_ piece: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
            for index in 0..<piece.count where piece[index] != bytes[start + index] { return false }
            return true
        }

        /// The id of a piece whose bytes hash (before `finish`) to `hash`. O(bytes).
        @inline(__always)
        func id(of piece: UnsafeBufferPointer<UInt8>, hash: UInt64, at position: Position) -> Int32? {
            slot(of: piece, hash: Hash.finish(hash), at: position).entry.map { entries[$0].id }
        }
    }
}
