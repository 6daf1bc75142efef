/// An answer with what is said of it.
package struct CachedAnswer: Sendable {
    package let content: CachedContent
    /// Seconds; nil where Divar gave it for this very request.
    package let age: Int?
    package let status: CacheStatus

    package init(content: CachedContent, age: Int?, status: CacheStatus) {
        self.content = content
        self.age = age
        self.status = status
    }
}
