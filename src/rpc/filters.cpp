#include "rpc/filters.hpp"

#include "crypto/random.hpp"
#include "rpc/format.hpp"

namespace plume::rpc {

namespace {

RpcError not_found() {
    return {code::server_error, "filter not found"};
}

}  // namespace

Filters::Filters(Chain& chain, std::function<Clock::time_point()> now)
    : chain_(chain),
      now_(std::move(now)),
      subscription_(chain.on_pending([this](const TransactionPtr& transaction) {
          if (transaction_filters_.load() > 0) note(transaction);
      })) {}

Filters::~Filters() {
    chain_.unsubscribe(subscription_);
}

void Filters::note(const TransactionPtr& transaction) {
    const std::lock_guard lock(mutex_);
    pending_.push_back(transaction);
    pending_size_ += transaction->raw.size();
    while (pending_.size() > pending_count_max || pending_size_ > pending_size_max) {
        pending_size_ -= pending_.front()->raw.size();
        pending_.pop_front();
        ++first_pending_;
    }
}

std::string Filters::add_blocks(bool with_head) {
    auto filter = std::make_shared<Filter>();
    filter->next = chain_.head()->number() + (with_head ? 0 : 1);
    return add(std::move(filter));
}

std::string Filters::add_transactions(bool is_full) {
    auto filter = std::make_shared<Filter>();
    filter->kind = Kind::transactions;
    filter->is_full = is_full;
    return add(std::move(filter));
}

std::string Filters::add_logs(LogQuery conditions, LogRange range) {
    auto filter = std::make_shared<Filter>();
    filter->kind = Kind::logs;
    filter->conditions = std::move(conditions);
    const auto bound_of = [](const std::optional<BlockId>& id, uint64_t otherwise) {
        const auto* number = id ? std::get_if<uint64_t>(&*id) : nullptr;
        return number != nullptr ? *number : otherwise;
    };
    filter->conditions.from = bound_of(range.from, 0);
    filter->conditions.to = bound_of(range.to, ~uint64_t{0});
    if (filter->conditions.from > filter->conditions.to)
        throw RpcError{code::invalid_params, "invalid block range params"};
    filter->range = std::move(range);
    filter->next = chain_.head()->number() + 1;
    return add(std::move(filter));
}

std::string Filters::add(FilterPtr filter) {
    const size_t size = size_of(filter->conditions);
    const std::lock_guard lock(mutex_);
    forget_idle();
    if (filters_.size() >= count_max || conditions_size_ + size > conditions_size_max)
        throw RpcError{code::limit_exceeded,
                       "too many filters; remove some with eth_uninstallFilter, or subscribe"};
    filter->used = now_();
    if (filter->kind == Kind::transactions) {
        filter->next = first_pending_ + pending_.size();
        ++transaction_filters_;
    }
    conditions_size_ += size;
    // Without leading zeros, because some clients read the id as a number.
    std::string id = to_quantity(random_128());
    filters_.emplace(id, std::move(filter));
    return id;
}

void Filters::erase(std::map<std::string, FilterPtr, std::less<>>::iterator filter) {
    conditions_size_ -= size_of(filter->second->conditions);
    if (filter->second->kind == Kind::transactions && --transaction_filters_ == 0) {
        first_pending_ += pending_.size();
        pending_.clear();
        pending_size_ = 0;
    }
    filters_.erase(filter);
}

void Filters::forget_idle() {
    const Clock::time_point oldest = now_() - idle_time_max;
    for (auto at = filters_.begin(); at != filters_.end();) {
        const auto filter = at++;
        if (filter->second->used < oldest) erase(filter);
    }
}

Filters::FilterPtr Filters::find(std::string_view id) {
    const std::lock_guard lock(mutex_);
    forget_idle();
    const auto found = filters_.find(id);
    if (found == filters_.end()) throw not_found();
    found->second->used = now_();
    return found->second;
}

bool Filters::remove(std::string_view id) {
    const std::lock_guard lock(mutex_);
    forget_idle();
    const auto found = filters_.find(id);
    if (found == filters_.end()) return false;
    erase(found);
    return true;
}

Json Filters::changes(std::string_view id) {
    const FilterPtr filter = find(id);
    const std::lock_guard lock(filter->mutex);
    switch (filter->kind) {
        case Kind::blocks:
            return new_blocks(*filter);
        case Kind::logs:
            return new_logs(*filter);
        case Kind::transactions:
            return new_transactions(id, *filter);
    }
    throw not_found();
}

Json Filters::logs(std::string_view id) {
    const FilterPtr filter = find(id);
    if (filter->kind != Kind::logs) throw not_found();
    const auto head = chain_.head();
    return logs_of(resolve(filter->range, filter->conditions, *head), *head);
}

Json Filters::new_blocks(Filter& filter) const {
    const auto head = chain_.head();
    filter.next = std::min(filter.next, head->number() + 1);
    boost::json::array out;
    for (; filter.next <= head->number() && out.size() < log_blocks_max; ++filter.next)
        out.push_back(hex_data(head->hash(filter.next).value()));
    return out;
}

Json Filters::new_logs(Filter& filter) const {
    if (filter.range.block_hash) return boost::json::array{};
    const auto head = chain_.head();
    LogQuery query = filter.conditions;
    query.from = std::max(query.from, std::min(filter.next, head->number() + 1));
    LogPage page = page_of(query, *head);
    filter.next = page.next;
    return std::move(page.logs);
}

Json Filters::new_transactions(std::string_view id, Filter& filter) {
    std::vector<TransactionPtr> fresh;
    {
        const std::lock_guard lock(mutex_);
        if (filter.next < first_pending_) {
            const auto found = filters_.find(id);
            if (found != filters_.end()) erase(found);
            throw not_found();
        }
        for (size_t i = filter.next - first_pending_;
             i < pending_.size() && fresh.size() < log_count_max; ++i)
            fresh.push_back(pending_[i]);
        filter.next += fresh.size();
    }
    boost::json::array out;
    for (const TransactionPtr& transaction : fresh)
        out.push_back(filter.is_full ? to_json(*transaction, nullptr)
                                     : hex_data(transaction->hash));
    return out;
}

}  // namespace plume::rpc
