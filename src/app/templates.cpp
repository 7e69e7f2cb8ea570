#include "app/templates.hpp"

#include <algorithm>

#include "contracts/addresses.hpp"
#include "contracts/launcher.hpp"

namespace plume {

Hash template_name(std::string_view text) {
    check(text.size() <= Hash::size, "templates have short names");
    Hash out;
    std::ranges::copy(text, out.bytes.begin());
    return out;
}

Result<Address> launch(Session& session, const Account& from, std::string_view name,
                       const Bytes& params) {
    TRY(mined, session.send<"launch(bytes32 template, bytes params) returns (address[] instances)">(
                   from, contracts::launcher, template_name(name), params));
    for (const Log& log : mined.logs)
        if (const auto launched = Launcher::Launched::decode(log);
            launched && log.address == contracts::launcher)
            return std::get<2>(*launched);
    return Error{exit_code::failed,
                 "the launcher did not say where it put the " + std::string(name)};
}

}  // namespace plume
