// SPDX-License-Identifier: MIT
pragma solidity >=0.8.4;

interface IScheduler {
    struct Recurrence {
        uint32 period;
        uint8 unit;
        uint32 count;
    }

    struct Struct {
        address owner;
        address target;
        bytes data;
        uint64 gasLimit;
        uint64 firstDue;
        Recurrence recurrence;
        uint32 runs;
        uint32 failures;
        uint64 due;
        uint64 wait;
        uint256 balance;
        uint256 feeCap;
    }

    function schedule(address target, bytes calldata data, uint64 gasLimit, uint64 due, Recurrence calldata recurrence) external payable returns (uint256 id);
    function cancel(uint256 id) external;
    function topUp(uint256 id) external payable;
    function resume(uint256 id) external;
    function withdraw() external returns (uint256 amount);
    function run(uint256 id, uint32 run) external returns (uint64 gas, uint256 fee);
    function abandon(uint256 id, uint32 run) external returns (uint64 gas, uint256 fee);
    function next(uint64 time) external view returns (uint256 id, uint32 run, uint64 gas);
    function nextDue() external view returns (uint64);
    function job(uint256 id) external view returns (Struct memory);
    function dueOf(uint256 id, uint32 run) external view returns (uint64);
    function count() external view returns (uint256);
    function list(uint256 start) external view returns (uint256[] memory ids);
    function gasOf(uint64 gasLimit, uint256 dataSize) external view returns (uint256);
    function owedTo(address account) external view returns (uint256);
    function prepaid() external view returns (uint256);
    function owed() external view returns (uint256);
    event Scheduled(uint256 indexed id, address indexed owner, address indexed target, uint64 due, uint64 gasLimit, uint32 count, uint256 amount);
    event ToppedUp(uint256 indexed id, address indexed by, uint256 amount);
    event Executed(uint256 indexed id, uint32 run, bool success, uint256 fee);
    event Postponed(uint256 indexed id, uint32 run, uint64 until, uint256 feeCap, uint256 baseFee);
    event Resumed(uint256 indexed id, uint32 run);
    event Finished(uint256 indexed id, address indexed owner, uint256 refund);
    event Cancelled(uint256 indexed id, address indexed owner, uint256 refund);
    event Withdrawn(address indexed to, uint256 amount);
    error UnknownJob(uint256 id);
    error InvalidTarget(address target);
    error DataTooLong(uint256 size, uint256 max);
    error GasTooHigh(uint256 gas, uint256 max);
    error DueInPast(uint64 due, uint64 now);
    error DueTooLate(uint256 due, uint256 max);
    error InvalidRecurrence(uint32 period, uint8 unit, uint32 count);
    error Underpaid(uint256 value, uint256 needed);
    error NotOwner(address owner, address caller);
    error NotWaiting(uint256 id);
    error FeeCapTooLow(uint256 feeCap, uint256 baseFee);
    error NothingOwed(address account);
    error PaymentRefused(address to);
    error OnlyNode(address caller);
    error NotDue(uint256 id, uint32 run);
    error QueueFull(uint256 max);
    error ReentrancyGuardReentrantCall();
}
