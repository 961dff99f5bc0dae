// What moves elements of any type; who makes one knows that the places are there.

/// One element everywhere.
struct Filling: ElementVisitor {
    let count: Int

    func visit<Element: ReferenceElement>(_ values: [Element]) -> ReferenceElements {
        Element.elements([Element](repeating: values[0], count: count))
    }
}

/// The elements at every place of a shape, by strides.
struct View: ElementVisitor {
    let shape: [Int]
    let strides: [Int]
    let start: Int
    let count: Int

    func visit<Element: ReferenceElement>(_ values: [Element]) -> ReferenceElements {
        guard count > 0 else { return Element.elements([]) }
        let (width, step) = (shape.last ?? 1, strides.last ?? 0)
        let output = unsafe [Element](unsafeUninitializedCapacity: count) { buffer, filled in
            var position = Position(Array(shape.dropLast()))
            repeat {
                var place = start + position.offset(strides)
                for _ in 0..<width {
                    unsafe buffer.initializeElement(at: filled, to: values[place])
                    filled += 1
                    place += step
                }
            } while position.advance()
        }
        return Element.elements(output)
    }
}

/// Tensors behind each other.
struct Chain: ElementVisitor {
    let parts: [ReferenceTensor]
    let outer: Int
    let count: Int

    func visit<Element: ReferenceElement>(_ values: [Element]) -> ReferenceElements {
        let lists = parts.map { Element.values(of: $0.elements) ?? [] }
        var output: [Element] = []
        output.reserveCapacity(count)
        for index in 0..<(count == 0 ? 0 : outer) {
            for list in lists {
                let run = list.count / outer
                output += list[(index * run)..<((index + 1) * run)]
            }
        }
        return Element.elements(output)
    }
}

/// The elements at some indices of an axis.
struct Choice: ElementVisitor {
    let places: [Int?]
    let extent: Int
    let inner: Int
    let outer: Int
    let count: Int
    let filler: ReferenceTensor?

    func visit<Element: ReferenceElement>(_ values: [Element]) -> ReferenceElements {
        let filler = filler.flatMap { Element.values(of: $0.elements)?.first } ?? Element.blank
        var output: [Element] = []
        output.reserveCapacity(count)
        for index in 0..<(count == 0 ? 0 : outer) {
            for place in places {
                guard let place else {
                    output += repeatElement(filler, count: inner)
                    continue
                }
                let start = (index * extent + place) * inner
                output += values[start..<(start + inner)]
            }
        }
        return Element.elements(output)
    }
}
