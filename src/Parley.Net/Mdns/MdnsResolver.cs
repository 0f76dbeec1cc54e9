using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Parley.Net.Mdns;

/// <summary>
/// Asks for the addresses of a name under <c>.local</c> with one-shot multicast queries (RFC 6762 §5.1), as browsers' candidates need it:
/// from a port of its own, so that the answer comes back to it alone (§6.7).
/// </summary>
/// <param name="destinations">Where queries go; asked for each time, since interfaces come and go.</param>
/// <param name="timeout">After this the name is unknown; by default 3 s.</param>
/// <param name="retry">When the query is repeated, and thereafter after twice the time again; by default after 1 s, the least that §5.2
/// allows.</param>
internal sealed class MdnsResolver(Func<IReadOnlyList<MdnsDestination>> destinations, TimeSpan? timeout = null, TimeSpan? retry = null)
{
    // Bounds what a page full of made-up names can make us send.
    private const int MaxQueriesAtOnce = 64;

    private readonly TimeSpan _timeout = timeout ?? TimeSpan.FromSeconds(3);
    private readonly TimeSpan _retry = retry ?? TimeSpan.FromSeconds(1);
    private int _running;

    /// <summary>Whether a name is multicast DNS's to answer (RFC 6762 §3).</summary>
    internal static bool IsLocalName(string name) =>
        name.AsSpan().TrimEnd('.').EndsWith(".local", StringComparison.OrdinalIgnoreCase);

    internal async ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        if (!DnsMessage.IsValidName(name))
        {
            return [];
        }

        if (Interlocked.Increment(ref _running) > MaxQueriesAtOnce)
        {
            Interlocked.Decrement(ref _running);
            return [];
        }

        try
        {
            return await AskAsync(name, destinations(), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<IReadOnlyList<IPAddress>> AskAsync(
        string name, IReadOnlyList<MdnsDestination> targets, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(_timeout);
        var id = (ushort)RandomNumberGenerator.GetInt32(1, 65_536);
        var listeners = new List<Task<IReadOnlyList<IPAddress>>>();
        foreach (var family in targets.GroupBy(target => target.Address.Family))
        {
            listeners.Add(AskFamilyAsync(name, id, family.Key, [.. family], end.Token));
        }

        IReadOnlyList<IPAddress> found = [];
        while (listeners.Count > 0 && found.Count == 0)
        {
            var first = await Task.WhenAny(listeners).ConfigureAwait(false);
            listeners.Remove(first);
            found = await first.ConfigureAwait(false);
        }

        await end.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(listeners).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return found;
    }

    /// <summary>Asks over one family until there is an answer or the time is up; empty then. Never throws.</summary>
    private async Task<IReadOnlyList<IPAddress>> AskFamilyAsync(
        string name, ushort id, AddressFamily family, IReadOnlyList<MdnsDestination> targets, CancellationToken end)
    {
        try
        {
            using var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0));
            using var answered = CancellationTokenSource.CreateLinkedTokenSource(end);
            var sending = SendAsync(socket, name, id, targets, answered.Token);
            var addresses = await ListenAsync(socket, name, id, end).ConfigureAwait(false);
            await answered.CancelAsync().ConfigureAwait(false);
            await sending.ConfigureAwait(false);
            return addresses;
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            return [];
        }
    }

    private async Task SendAsync(Socket socket, string name, ushort id, IReadOnlyList<MdnsDestination> targets, CancellationToken end)
    {
        var query = new byte[DnsMessage.MaxQueryLength];
        var length = DnsMessage.WriteQuery(query, id, name);
        try
        {
            for (var wait = _retry; ; wait *= 2)
            {
                foreach (var target in targets)
                {
                    SendTo(socket, query.AsSpan(0, length), target);
                }

                await Task.Delay(wait, end).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
        {
        }
    }

    private static void SendTo(Socket socket, ReadOnlySpan<byte> query, MdnsDestination target)
    {
        try
        {
            if (target.InterfaceIndex != 0)
            {
                var isV4 = target.Address.Family == AddressFamily.InterNetwork;
                socket.SetSocketOption(
                    isV4 ? SocketOptionLevel.IP : SocketOptionLevel.IPv6,
                    SocketOptionName.MulticastInterface,
                    isV4 ? IPAddress.HostToNetworkOrder(target.InterfaceIndex) : target.InterfaceIndex);
            }

            socket.SendTo(query, SocketFlags.None, target.Address.ToIPEndPoint());
        }
        catch (SocketException)
        {
            // This interface cannot; another may.
        }
    }

    private static async Task<IReadOnlyList<IPAddress>> ListenAsync(Socket socket, string name, ushort id, CancellationToken end)
    {
        var buffer = new byte[9000]; // RFC 6762 §17: the largest message there is
        var from = new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var addresses = new List<IPAddress>();
        while (true)
        {
            SocketReceiveFromResult received;
            try
            {
                received = await socket.ReceiveFromAsync(buffer, SocketFlags.None, from, end).ConfigureAwait(false);
            }
            catch (SocketException error)
                when (error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused or SocketError.MessageSize)
            {
                continue;
            }

            addresses.Clear();
            if (DnsMessage.TryReadAnswer(buffer.AsSpan(0, received.ReceivedBytes), id, name, addresses, out _) && addresses.Count > 0)
            {
                return [.. addresses.Select(address => WithZone(address, ((IPEndPoint)received.RemoteEndPoint).Address))];
            }
        }
    }

    /// <summary>A link-local address means one only together with the link its answer came over.</summary>
    private static IPAddress WithZone(IPAddress address, IPAddress from) =>
        address.IsIPv6LinkLocal && from.AddressFamily == AddressFamily.InterNetworkV6
            ? new IPAddress(address.GetAddressBytes(), from.ScopeId)
            : address;
}
