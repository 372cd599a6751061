/// The key of each row, in chunks that never move, so that searches may read some while others are added.
final class KeyColumn<Key: IndexKey>: @unchecked Sendable {
    private(set) var directory: UnsafeMutablePointer<UnsafeMutablePointer<Key>> = .allocate(capacity: 1)
    private var directoryRoom = 0
    private var outgrown: [UnsafeMutablePointer<UnsafeMutablePointer<Key>>] = []
    /// Keys that have been set, all of them from the front.
    private(set) var count = 0

    static var chunkShift: Int { 10 }
    private static var keysPerChunk: Int { 1 << chunkShift }
    private var chunkCount: Int { (count + Self.keysPerChunk - 1) >> Self.chunkShift }

    init() {}

    init(_ keys: [Key]) {
        keys.withUnsafeBufferPointer { keys in
            guard let base = keys.baseAddress else { return }
            while count < keys.count {
                let run = min(Self.keysPerChunk, keys.count - count)
                appendChunk()
                place(count).initialize(from: base + count, count: run)
                count += run
            }
        }
    }

    deinit {
        for chunk in 0..<chunkCount {
            let filled = min(Self.keysPerChunk, count - chunk << Self.chunkShift)
            directory[chunk].deinitialize(count: filled)
            directory[chunk].deallocate()
        }
        for old in outgrown { old.deallocate() }
        directory.deallocate()
    }

    /// Sets the key of a row that no search sees: the next one, or one that has been freed.
    func set(_ row: UInt32, _ key: Key) {
        let row = Int(row)
        guard row == count else {
            place(row).pointee = key
            return
        }
        if row & (Self.keysPerChunk - 1) == 0 { appendChunk() }
        place(row).initialize(to: key)
        count += 1
    }

    private func place(_ row: Int) -> UnsafeMutablePointer<Key> {
        directory[row >> Self.chunkShift] + (row & (Self.keysPerChunk - 1))
    }

    private func appendChunk() {
        let chunks = count >> Self.chunkShift
        if chunks == directoryRoom {
            let room = max(8, directoryRoom * 2)
            let larger = UnsafeMutablePointer<UnsafeMutablePointer<Key>>.allocate(capacity: room)
            larger.update(from: directory, count: chunks)
            outgrown.append(directory)
            directory = larger
            directoryRoom = room
        }
        directory[chunks] = .allocate(capacity: Self.keysPerChunk)
    }

    subscript(row: UInt32) -> Key { place(Int(row)).pointee }

    var view: KeyView<Key> { KeyView(directory: directory) }
}

/// Keys as a search sees them. What keeps the memory is the ``Version`` that it holds.
struct KeyView<Key: IndexKey>: @unchecked Sendable {
    let directory: UnsafeMutablePointer<UnsafeMutablePointer<Key>>

    subscript(row: UInt32) -> Key {
        let shift = UInt32(KeyColumn<Key>.chunkShift)
        return directory[Int(row >> shift)][Int(row & (1 << shift - 1))]
    }
}
