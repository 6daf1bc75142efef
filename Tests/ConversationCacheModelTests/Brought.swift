/// An answer that Divar gave. Its serial number, by which its body names it, is its place in the list.
struct Brought {
    let key: Int
    let version: Int
}
