// `plume record`: make and read records.
#pragma once

#include "app/calls.hpp"

namespace plume {

struct RecordOptions {
    ClientOptions client;
    SignerOptions signer;
    std::string uid;  ///< show only
    std::string
        schema;  ///< "string title,bytes32 course": the fields of the data, as EAS writes them
    std::vector<std::string> values;  ///< one a field
    std::string about;                ///< recipient: an address or a name
    std::string refers_to;            ///< the uid of another record
    uint64_t expires = 0;             ///< seconds since 1970; 0 for never
};

int run_record_attest(const RecordOptions& options);
int run_record_show(const RecordOptions& options);

}  // namespace plume
