// Instances of the launcher's templates, as a client makes them.
#pragma once

#include "app/session.hpp"

namespace plume {

/// A template's name as the launcher takes it: the text in a bytes32, followed by zeros.
Hash template_name(std::string_view text);

/// Launches one and says where it is. `params` as contracts/launcher.hpp has them.
Result<Address> launch(Session& session, const Account& from, std::string_view name,
                       const Bytes& params);

}  // namespace plume
