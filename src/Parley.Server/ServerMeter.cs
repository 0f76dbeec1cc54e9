using System.Diagnostics.Metrics;

namespace Parley.Server;

/// <summary>What the server counts of those it gave up or refused: the instruments of the meter "Parley.Server".</summary>
internal static class ServerMeter
{
    private static readonly Meter Meter = new("Parley.Server");

    private static readonly Counter<long> CutPeers = Meter.CreateCounter<long>(
        "parley.signaling.cut", "{peer}", "Peers whose socket the server cut off, by reason.");

    private static readonly Counter<long> RefusedRequests =
        Meter.CreateCounter<long>("parley.signaling.refused", "{request}", "Requests that the server refused, by reason.");

    public static void Count(CutReason reason) => CutPeers.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    public static void Count(RefusalReason reason) =>
        RefusedRequests.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));
}
