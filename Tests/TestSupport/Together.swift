public import Engine
import Foundation

/// Ranks that are threads of this process, each of which sees the others through mailboxes.
public final class Together: Communicator, @unchecked Sendable {  // `post` guards what is shared
    private final class Post: @unchecked Sendable {  // guarded by `condition`
        let condition = NSCondition()
        /// What was sent, by sender and receiver.
        var letters: [[Int]: [[UInt8]]] = [:]
        var isAsked = false
    }

    /// Which thread it is.
    public let rank: Int
    /// How many there are.
    public let count: Int
    private let post: Post

    private init(_ rank: Int, of count: Int, _ post: Post) {
        self.rank = rank
        self.count = count
        self.post = post
    }

    /// Whether one of them has asked.
    public var isAskedToStop: Bool { post.condition.withLock { post.isAsked } }

    /// Asks all of them.
    public func askToStop() { post.condition.withLock { post.isAsked = true } }

    /// Sends copies, and waits for what is to come.
    public func exchange(
        _ sent: [(rank: Int, bytes: UnsafeRawBufferPointer)],
        _ received: [(rank: Int, bytes: UnsafeMutableRawBufferPointer)]
    ) {
        post.condition.withLock {
            for unsafe(target, bytes) in unsafe sent {
                unsafe post.letters[[rank, target], default: []].append(Array(bytes))
            }
            post.condition.broadcast()
        }
        for unsafe(source, place) in unsafe received {
            let key = [source, rank]
            let letter = post.condition.withLock {
                while post.letters[key]?.isEmpty ?? true { post.condition.wait() }
                return post.letters[key]?.removeFirst() ?? []
            }
            precondition(letter.count == place.count, "\(letter.count) bytes for \(place.count)")
            unsafe place.copyBytes(from: letter)
        }
    }

    /// Runs `body` on so many ranks at once, and gives what they return, in their order.
    public static func run<Result: Sendable>(
        _ count: Int,
        _ body: @escaping @Sendable (any Communicator) throws -> Result
    ) throws -> [Result] {
        let post = Post()
        let results = Results<Result>(count)
        let threads = (0..<count).map { rank in
            let thread = Thread {
                let result = Swift.Result { try body(Together(rank, of: count, post)) }
                results.put(result, at: rank)
            }
            thread.stackSize = 8 << 20
            thread.start()
            return thread
        }
        defer { withExtendedLifetime(threads) {} }
        return try results.all().map { try $0.get() }
    }

    private final class Results<Value: Sendable>: @unchecked Sendable {  // guarded by `condition`
        private let condition = NSCondition()
        private var values: [Swift.Result<Value, any Error>?]

        init(_ count: Int) { values = Array(repeating: nil, count: count) }

        func put(_ value: Swift.Result<Value, any Error>, at place: Int) {
            condition.withLock {
                values[place] = value
                condition.broadcast()
            }
        }

        func all() -> [Swift.Result<Value, any Error>] {
            condition.withLock {
                while values.contains(where: { $0 == nil }) { condition.wait() }
                return values.compactMap { $0 }
            }
        }
    }
}
