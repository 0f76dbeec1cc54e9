using Microsoft.Extensions.Logging;

namespace Parley.Ice;

/// <summary>What the agent tells operators. No address, credential or candidate is ever in it.</summary>
internal static partial class IceLog
{
    [LoggerMessage(300, LogLevel.Debug, "ICE is {State}")]
    public static partial void StateChanged(ILogger logger, IceAgentState state);

    [LoggerMessage(301, LogLevel.Debug, "ICE gathering is {State}")]
    public static partial void GatheringStateChanged(ILogger logger, IceGatheringState state);

    [LoggerMessage(302, LogLevel.Debug, "ICE role conflict: now {Role}")]
    public static partial void RoleConflict(ILogger logger, IceRole role);

    [LoggerMessage(303, LogLevel.Debug, "ICE nominated pair {Pair}: {Local} to {Remote}")]
    public static partial void Nominated(ILogger logger, int pair, IceCandidateType local, IceCandidateType remote);

    [LoggerMessage(304, LogLevel.Debug, "ICE selected pair {Pair}: {Local} to {Remote}")]
    public static partial void Selected(ILogger logger, int pair, IceCandidateType local, IceCandidateType remote);

    [LoggerMessage(305, LogLevel.Debug, "ICE restart prepared")]
    public static partial void RestartPrepared(ILogger logger);

    [LoggerMessage(306, LogLevel.Debug, "ICE restart rolled back")]
    public static partial void RestartRolledBack(ILogger logger);

    [LoggerMessage(307, LogLevel.Debug, "ICE restart complete")]
    public static partial void RestartComplete(ILogger logger);

    [LoggerMessage(308, LogLevel.Information, "ICE consent expired on pair {Pair}")]
    public static partial void ConsentExpired(ILogger logger, int pair);

    [LoggerMessage(309, LogLevel.Debug, "A STUN server gave no candidate: {Code}")]
    public static partial void ServerFailed(ILogger logger, int code);

    [LoggerMessage(310, LogLevel.Warning, "ICE events are not read: some were dropped")]
    public static partial void EventsDropped(ILogger logger);

    [LoggerMessage(311, LogLevel.Trace, "ICE check of pair {Pair} failed")]
    public static partial void CheckFailed(ILogger logger, int pair);

    [LoggerMessage(313, LogLevel.Information, "ICE moves from pair {Before}, which is dead or deserted, to pair {Heir}")]
    public static partial void Moved(ILogger logger, int before, int heir);

    [LoggerMessage(312, LogLevel.Debug, "ICE begins anew with another peer")]
    public static partial void PeerReplaced(ILogger logger);
}
