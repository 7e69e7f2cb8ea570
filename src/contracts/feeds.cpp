#include "contracts/feeds.hpp"

#include <algorithm>
#include <array>

#include "base/result.hpp"
#include "contracts/types.hpp"
#include "native/erc165.hpp"

namespace plume {

Address Feeds::create_face(Hash feed) {
    const detail::FeedPlace place = require_feed(feed);
    require(get(place.face()) == Address{}, FaceExists{feed, get(place.face())});
    // The table is the execution's, so that a replay creates what was created then.
    const NativeType* found = nullptr;
    for (const NativeType& type : execution().natives)
        if (type.name == "FeedFace" && (found == nullptr || found->version < type.version))
            found = &type;
    check(found != nullptr, "the type of faces is in the table");
    const Address face = create(*found, feed, abi::encode(feed));
    set(place.face(), face);
    emit(FaceCreated{feed, face});
    return face;
}

bool Feeds::supports_interface(Selector id) const {
    return erc165::supports(id, {erc165::erc721, erc5267, oracle_interface()});
}

NativeType feeds_type() {
    return native_type<Feeds>(7, 1, "Feeds");
}

}  // namespace plume
