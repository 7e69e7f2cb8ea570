// What a metering device does: it signs where its counter stands, as contracts/meters.hpp has it.
#pragma once

#include "contracts/meters.hpp"
#include "crypto/signature.hpp"

namespace plume {

class DeviceSigner {
public:
    /// `domain` is the domain separator of Feeds. Of the same name comes the same key: these are
    /// devices of a story, and their keys no secrets.
    DeviceSigner(std::string_view name, const Hash& metric, const Hash& domain);

    const u256& device() const { return device_; }
    Hash id() const;
    DeviceKey key() const;
    /// r . s . v of a digest.
    Bytes sign(const Hash& digest) const;
    Reading read(uint64_t at, const u256& cumulative, uint64_t seq) const;

private:
    PrivateKey key_;
    u256 device_;
    Hash metric_;
    Hash domain_;
};

}  // namespace plume
