#include "chain/replay.hpp"

#include "chain/system.hpp"

namespace plume {

Replay::Replay(const StateView& before, const Header& header, const Rules& rules)
    : rules_(rules), view_(before), block_(environment_of(header, rules.chain_id)) {
    know_ancestors(block_, before);
    State state(view_);
    begin_block(state, block_, rules.natives, header);
    view_.apply(state.take());
}

Transacted Replay::run(const SignedTransaction& transaction, Tracer* tracer) {
    State state(view_);
    Transacted done =
        transact(state, block_, rules_.natives, transaction.fields, transaction.sender, tracer);
    view_.apply(state.take());
    return done;
}

}  // namespace plume
