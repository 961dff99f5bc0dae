import Foundation
import Pictures
import TestSupport
import Testing

@Suite struct AugmentPolicyTests {
    @Test("the policies are the published ones", arguments: AugmentPolicy.allCases)
    func published(policy: AugmentPolicy) throws {
        let data = try Data(contentsOf: Fixture.url("augment/policies.json"))
        let all = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let published = try #require(all[policy.rawValue] as? [[[Any]]])
        #expect(all.count == AugmentPolicy.allCases.count)
        let expected = published.map { subpolicy in
            subpolicy.map { step in
                "\(step[0])".lowercased()
                    + " \((step[1] as? Double) ?? -1) \((step[2] as? Int) ?? -1)"
            }
        }
        let found = policy.subpolicies.map { subpolicy in
            subpolicy.map { step in
                let probability = (Double(step.probability) * 1000).rounded() / 1000
                return step.kind.rawValue.lowercased() + " \(probability) \(step.level)"
            }
        }
        #expect(found == expected)
    }

    @Test("a seed decides everything")
    func repeatable() throws {
        let picture = try AugmentGoldens().picture
        for policy in AugmentPolicy.allCases {
            var results: Set<[UInt8]> = []
            for seed in UInt64(0)..<20 {
                var (first, second) = (picture, picture)
                var (random, again) = (SplitMix64(seed: seed), SplitMix64(seed: seed))
                policy.apply(to: &first, using: &random)
                policy.apply(to: &second, using: &again)
                #expect(first == second)
                #expect(random == again)
                results.insert(first.pixels)
            }
            #expect(results.count > 10)
        }
    }

    @Test("a step is done as often as its probability says")
    func probability() throws {
        let picture = try AugmentGoldens().picture
        var inverted = picture
        Augmentation.invert.apply(to: &inverted)
        for (probability, range) in [(Float(0), 0...0), (0.2, 320...480), (1, 2000...2000)] {
            var random = SplitMix64(seed: 5)
            let step = AugmentStep(.invert, probability, 3)
            let done = (0..<2000).count { _ in
                var changed = picture
                step.apply(to: &changed, using: &random)
                return changed == inverted
            }
            #expect(range.contains(done), "\(done) of 2000 at \(probability)")
        }
    }
}
