private import Foundation
internal import SeededCases

/// Requests for documents, which are numbered from 0.
struct Trace {
    /// Documents that the patterns choose from.
    static let documents = 30_000
    static let length = 200_000

    let requests: [Int]
    /// How many documents there are in all, also those that are asked for once.
    let count: Int

    /// YCSB workload C, and the reads of B (Cooper et al., SoCC 2010): Zipf's law with 0.99 over ten thousand million
    /// ranks, scattered over the documents by a hash.
    static func scrambledZipfian() -> Trace {
        var random = SplitMix64(seed: 1)
        let zipfian = Zipfian(count: 10_000_000_000, theta: 0.99, zeta: 26.469_028_201_783_02)
        let requests = (0..<length).map { _ in Int(scrambled(zipfian.rank(&random)) % UInt64(documents)) }
        return Trace(requests: requests, count: documents)
    }

    /// YCSB workload D: to 95 reads, of the newest documents most often (0.99), come 5 new documents, which nobody has
    /// read yet.
    static func latest() -> Trace {
        var random = SplitMix64(seed: 2)
        var (zipfian, count) = (Zipfian(count: documents, theta: 0.99), documents)
        var requests: [Int] = []
        while requests.count < length {
            if random.chance(5, in: 100) {
                count += 1
                zipfian.grow(to: count)
            } else {
                requests.append(count - 1 - zipfian.rank(&random))
            }
        }
        return Trace(requests: requests, count: count)
    }

    /// Zipf's law with 0.8 (web proxies have 0.64 to 0.83: Breslau et al., INFOCOM 1999), and after every four caches'
    /// worth of it a scan of one cache's worth of documents that nobody asks for again: the pattern that 2Q (VLDB 1994)
    /// and ARC (Megiddo and Modha, FAST 2003) were made for.
    static func scans(of entries: Int) -> Trace {
        var random = SplitMix64(seed: 3)
        let zipfian = Zipfian(count: documents, theta: 0.8)
        var (requests, count) = ([Int](), documents)
        while requests.count < length {
            for _ in 0..<4 * entries { requests.append(zipfian.rank(&random)) }
            requests.append(contentsOf: count..<count + entries)
            count += entries
        }
        return Trace(requests: requests, count: count)
    }

    /// The same documents over and over, a tenth more than the cache holds: the loop of LIRS (Jiang and Zhang,
    /// SIGMETRICS 2002), at which LRU is worst.
    static func loop(of entries: Int) -> Trace {
        let count = entries + entries / 10
        return Trace(requests: (0..<length).map { $0 % count }, count: count)
    }

    /// Log-normal with a median of 2 KB and a mean of 2.7 KB.
    static func bodies(_ count: Int) -> [Int] {
        var random = SplitMix64(seed: 4)
        return (0..<count).map { _ in
            let (first, second) = (Double.random(in: 0..<1, using: &random), Double.random(in: 0..<1, using: &random))
            let normal = (-2 * log(1 - first)).squareRoot() * cos(2 * Double.pi * second)
            return min(max(Int(2048 * exp(0.75 * normal)), 128), 131_072)
        }
    }

    /// FNV-1a over the number's bytes, as YCSB has it.
    private static func scrambled(_ number: Int) -> UInt64 {
        var (hash, rest) = (UInt64(0xCBF2_9CE4_8422_2325), UInt64(number))
        for _ in 0..<8 {
            hash = (hash ^ (rest & 0xFF)) &* 1_099_511_628_211
            rest >>= 8
        }
        return hash & (1 << 63 - 1)
    }
}
