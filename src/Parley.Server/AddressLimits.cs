using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Parley.Server;

/// <summary>How many sockets one address may have, and how fast it may open them. Safe from any thread.</summary>
internal sealed class AddressLimits(SignalingOptions options, TimeProvider time)
{
    // An entry lives while its address has sockets, and a minute longer.
    private const int SweepAt = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Entry> _entries = [];
    private readonly IPNetwork[] _proxies = [.. options.TrustedProxies.Select(NetworkOf)];
    private int _sweepAt = SweepAt;

    /// <summary>Counts a socket in.</summary>
    /// <param name="context">The request for it.</param>
    /// <param name="key">What to give back with <see cref="Leave"/>; null when nothing is counted.</param>
    /// <returns>Why not, or null when it may be opened.</returns>
    public RefusalReason? Enter(HttpContext context, out IPAddress? key)
    {
        key = KeyOf(context);
        if (key is null)
        {
            return null;
        }

        lock (_lock)
        {
            Sweep();
            if (!_entries.TryGetValue(key, out Entry? entry))
            {
                int perMinute = options.JoinsPerMinutePerAddress;
                _entries[key] = entry = new Entry(perMinute == 0 ? null : new TokenBucket(perMinute, perMinute / 60.0, time));
            }

            if (options.ConnectionsPerAddress > 0 && entry.Connections >= options.ConnectionsPerAddress)
            {
                return RefusalReason.AddressConnections;
            }

            if (entry.Joins?.TryTake(1) == false)
            {
                return RefusalReason.AddressJoins;
            }

            entry.Connections++;
            entry.LastEntered = time.GetTimestamp();
            return null;
        }
    }

    /// <summary>Counts a socket out.</summary>
    public void Leave(IPAddress? key)
    {
        lock (_lock)
        {
            if (key is not null && _entries.TryGetValue(key, out Entry? entry))
            {
                entry.Connections--;
            }
        }
    }

    // Who asks: the socket's own end, or, where that is a proxy we trust, the address it heard from, and so on backwards.
    private IPAddress? KeyOf(HttpContext context)
    {
        IPAddress? address = Plain(context.Connection.RemoteIpAddress);
        string[] forwarded = [.. context.Request.Headers["X-Forwarded-For"].SelectMany(static line => (line ?? "").Split(','))];
        for (int i = forwarded.Length - 1; i >= 0 && address is not null && Array.Exists(_proxies, proxy => proxy.Contains(address)); i--)
        {
            if (!IPEndPoint.TryParse(forwarded[i].Trim(), out IPEndPoint? hop))
            {
                break;
            }

            address = Plain(hop.Address);
        }

        if (address is null || IPAddress.IsLoopback(address) || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address is null || IPAddress.IsLoopback(address) ? null : address;
        }

        // A line of its own has a /64 at least, and may take any address of it.
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;

    private static IPNetwork NetworkOf(string text) => IPNetwork.TryParse(text, out IPNetwork network)
        ? network
        : new IPNetwork(IPAddress.Parse(text), IPAddress.Parse(text).AddressFamily == AddressFamily.InterNetwork ? 32 : 128);

    // With the lock held; its cost is spread over the entries that came since the last time.
    private void Sweep()
    {
        if (_entries.Count < _sweepAt)
        {
            return;
        }

        foreach ((IPAddress key, Entry entry) in _entries)
        {
            if (entry.Connections == 0 && time.GetElapsedTime(entry.LastEntered) > TimeSpan.FromMinutes(1))
            {
                _entries.Remove(key);
            }
        }

        _sweepAt = Math.Max(SweepAt, _entries.Count * 2);
    }

    private sealed class Entry(TokenBucket? joins)
    {
        public TokenBucket? Joins { get; } = joins;

        public int Connections { get; set; }

        public long LastEntered { get; set; }
    }
}
