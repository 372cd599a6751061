extension Array<Int64> {
    /// Where a number is among ascending ones of which none is there twice. O(log n), and O(1) where few numbers are
    /// missing before it, as with rows that a database has counted.
    func ascendingPlace(of value: Int64) -> Int? {
        withUnsafeBufferPointer { numbers in
            guard let first = numbers.first, value >= first else { return nil }
            // Each number takes a place, so that a value cannot be further back than the numbers up to it.
            let (distance, overflow) = value.subtractingReportingOverflow(first)
            var high = overflow || distance >= Int64(numbers.count) ? numbers.count - 1 : Int(distance)
            var low = 0
            if numbers[high] == value { return high }
            while low < high {
                let middle = (low + high) / 2
                if numbers[middle] < value { low = middle + 1 } else { high = middle }
            }
            return numbers[low] == value ? low : nil
        }
    }
}
