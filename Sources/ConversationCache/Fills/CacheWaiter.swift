/// Names somebody who waits for a fetch's end: the loop on which it waits, and a number of that loop's.
package struct CacheWaiter: Sendable, Hashable {
    package let loop: Int
    package let number: UInt64

    package init(loop: Int, number: UInt64) {
        self.loop = loop
        self.number = number
    }
}
