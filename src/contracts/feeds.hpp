// Feeds: what is measured, as far as others may rely on it. It stands in every chain from genesis
// on, one for all:
//
//   devices.hpp   who a device is: an ERC-721 token with a key and a certificate
//   meters.hpp    what a device has counted, from readings it has signed; groups of devices
//   batches.hpp   what many devices have produced, as a root and a sum that can be challenged
//   prices.hpp    what something is worth, and whether that may be relied upon
//   navs.hpp      streams of net asset values (ERC-8330)
//   feeds.hpp     the faces by which others know a price
//
// Each states its own invariants. Every view that answers with a bool is a condition: a revert is
// an error and so neither a yes nor a no. None uses what changed in the current block.
//
// A face is a small contract of its own (feed_face.hpp) that speaks for one feed where callers know
// an address and no feed: anyone makes it, there is one for each feed.
#pragma once

#include "contracts/navs.hpp"

namespace plume {

class Feeds : public Navs {
public:
    using Navs::Navs;

    using FaceCreated =
        Event<"FaceCreated(bytes32 indexed feed, address indexed face)", Hash, Address>;
    using FaceExists = CustomError<"FaceExists(bytes32 feed, address face)", Hash, Address>;

    /// A genesis contract: nothing to construct.
    void construct() {}

    /// Makes the face of a feed.
    Address create_face(Hash feed);
    /// The zero address while there is none.
    Address face_of(Hash feed) const { return get(require_feed(feed).face()); }

    /// ERC-165: this, ERC-721, ERC-5267 and the core of ERC-8330.
    bool supports_interface(Selector id) const;

    static constexpr auto constructor = Method<"constructor()", &Feeds::construct>{};
    static constexpr auto abi =
        Navs::abi +
        Methods<Method<"createFace(bytes32 feed) returns (address face)", &Feeds::create_face>,
                Method<"faceOf(bytes32 feed) view returns (address)", &Feeds::face_of>,
                Method<"supportsInterface(bytes4 id) view returns (bool)",
                       &Feeds::supports_interface>>{};
    static constexpr auto declarations =
        Navs::declarations + Declarations<FaceCreated, FaceExists>{};
};

}  // namespace plume
