/// A published AutoAugment policy: sub-policies, of which one is drawn for each picture.
public enum AugmentPolicy: String, CaseIterable, Equatable, Sendable {
    /// Found on ImageNet.
    case imagenet
    /// Found on CIFAR-10.
    case cifar10
    /// Found on SVHN.
    case svhn
    /// The longer list found on CIFAR-10.
    case good
    /// Found for object detection on COCO.
    case v0

    /// The operations of each sub-policy, in order.
    public var subpolicies: [[AugmentStep]] {
        switch self {
        case .imagenet: AugmentPolicies.imagenet
        case .cifar10: AugmentPolicies.cifar10
        case .svhn: AugmentPolicies.svhn
        case .good: AugmentPolicies.good
        case .v0: AugmentPolicies.v0
        }
    }

    /// Draws a sub-policy and applies each of its operations with its probability.
    public func apply(to picture: inout Picture, using random: inout SplitMix64) {
        let subpolicies = subpolicies
        for step in subpolicies[random.below(subpolicies.count)] {
            step.apply(to: &picture, using: &random)
        }
    }
}
