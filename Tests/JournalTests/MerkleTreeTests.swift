import Journal
import Messaging
import Testing

@Suite struct MerkleTreeTests {
    /// The leaves and roots that implementations of RFC 6962 share as their test vectors.
    private static let leaves = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ]
    private static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test func `roots are those of RFC 6962's test vectors`() throws {
        var tree = MerkleTree()
        #expect(tree.root.description == MerkleTreeTests.roots[0])
        for (leaf, root) in zip(MerkleTreeTests.leaves, MerkleTreeTests.roots.dropFirst()) {
            tree.append(leaf: MerkleTree.leaf(try #require(Hexadecimal.bytes(leaf))))
            #expect(tree.root.description == root)
        }
    }

    /// The definition of RFC 6962 section 2.1, written as it stands there.
    private func root(_ leaves: ArraySlice<Digest32>) -> Digest32 {
        guard leaves.count > 1 else { return leaves.first ?? MerkleTree.emptyRoot }
        let middle = leaves.startIndex + InclusionProof.split(leaves.count)
        return MerkleTree.node(root(leaves[..<middle]), root(leaves[middle...]))
    }

    @Test func `the frontier gives the root of the definition at every size`() {
        let leaves = (0..<300).map { MerkleTree.leaf(Array("leaf \($0)".utf8)) }
        var tree = MerkleTree()
        for (index, leaf) in leaves.enumerated() {
            tree.append(leaf: leaf)
            #expect(tree.root == root(leaves[...index]))
            #expect(tree.frontier.count == (index + 1).nonzeroBitCount)
            #expect(MerkleTree(size: tree.size, frontier: tree.frontier) == tree)
        }
        #expect(MerkleTree(size: 3, frontier: []) == nil)
    }

    @Test func `every record of every size has a proof, and no other leaf or root passes it`() {
        for size in 1...33 {
            let leaves = (0..<size).map { MerkleTree.leaf(Array("leaf \($0)".utf8)) }
            let whole = root(leaves[...])
            for index in 0..<size {
                let proof = InclusionProof.make(index: index, treeSize: size) { root(leaves[$0]) }
                #expect(proof.leads(from: leaves[index], to: whole), "record \(index) of \(size)")
                #expect(!proof.leads(from: MerkleTree.leaf(Array("other".utf8)), to: whole))
                #expect(!proof.leads(from: leaves[index], to: MerkleTree.emptyRoot))
                let moved = InclusionProof(index: (index + 1) % max(size, 2), treeSize: size, path: proof.path)
                #expect(!moved.leads(from: leaves[index], to: whole) || size == 1)
                for cut in proof.path.indices {
                    var path = proof.path
                    path.remove(at: cut)
                    #expect(
                        !InclusionProof(index: index, treeSize: size, path: path).leads(from: leaves[index], to: whole))
                }
            }
        }
    }
}
