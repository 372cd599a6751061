/// Circles on a picture, moved apart until each can be read.
package struct PlaneLayout {
    package struct Circle {
        package var x: Double
        package var y: Double
        package var radius: Double

        package init(x: Double, y: Double, radius: Double) { (self.x, self.y, self.radius) = (x, y, radius) }
    }

    package private(set) var circles: [Circle]
    package let width: Double
    package let height: Double

    /// What is left between a circle and the edge.
    private static let edge = 2.0
    private static let rounds = 200

    package init(circles: [Circle], width: Double, height: Double) {
        (self.circles, self.width, self.height) = (circles, width, height)
    }

    /// Moves circles that overlap apart, as little as will do, and all of them inside the picture; where there are too many
    /// for that, some overlap still. O(circles²) for each of at most 200 rounds.
    package mutating func spread() {
        for place in circles.indices { circles[place] = inside(circles[place]) }
        for _ in 0..<Self.rounds {
            var isMoved = false
            for one in circles.indices {
                for other in circles.indices.dropFirst(one + 1) where pushApart(one, other) { isMoved = true }
            }
            if !isMoved { break }
        }
    }

    private mutating func pushApart(_ one: Int, _ other: Int) -> Bool {
        let (a, b) = (circles[one], circles[other])
        let distance = a.radius + b.radius
        let apart = ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
        guard apart < distance - 0.05 else { return false }
        let (dx, dy) = apart > 0.01 ? ((b.x - a.x) / apart, (b.y - a.y) / apart) : (1, 0)
        let push = (distance - apart) / 2
        circles[one] = inside(Circle(x: a.x - dx * push, y: a.y - dy * push, radius: a.radius))
        circles[other] = inside(Circle(x: b.x + dx * push, y: b.y + dy * push, radius: b.radius))
        return true
    }

    private func inside(_ circle: Circle) -> Circle {
        let margin = circle.radius + Self.edge
        return Circle(
            x: min(width - margin, max(margin, circle.x)), y: min(height - margin, max(margin, circle.y)),
            radius: circle.radius)
    }
}
