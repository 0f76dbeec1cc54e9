using Microsoft.Extensions.Logging;
using Parley.Net;

namespace Parley;

/// <summary>One of a shared port's addresses, with its sockets.</summary>
internal sealed class SharedAddress : IDisposable
{
    public SharedAddress(
        IReadOnlyList<IDatagramSocket> sockets, NetworkInterfaceKind kind, int index, PortTable table, IScheduler scheduler, ILogger logger)
    {
        Local = sockets[0].LocalAddress;
        Kind = kind;
        DontFragment = sockets.All(static socket => socket.DontFragment);
        Lanes = [.. sockets.Select(socket => new PortLane(socket, index, table, scheduler, logger))];
    }

    public TransportAddress Local { get; }

    public NetworkInterfaceKind Kind { get; }

    public bool DontFragment { get; }

    /// <summary>Its sockets: what leaves through any of them comes from the same address.</summary>
    public IReadOnlyList<PortLane> Lanes { get; }

    public void Dispose()
    {
        foreach (var lane in Lanes)
        {
            lane.Dispose();
        }
    }
}
