using Microsoft.Extensions.Logging.Abstractions;
using Parley.Dtls;
using Parley.Net;

namespace Parley.Fuzz.Targets;

/// <summary>A client and a server, and what they say.</summary>
internal sealed class DtlsPair : IDisposable
{
    private const int Rounds = 40;
    private readonly byte[] _buffer = new byte[2048];

    public static DtlsCertificate Certificate { get; } =
        DtlsCertificate.Create(new DtlsCertificateOptions { Lifetime = TimeSpan.FromDays(30) });

    public DtlsEndpoint Client { get; } = Endpoint(DtlsRole.Client, 1);

    public DtlsEndpoint Server { get; } = Endpoint(DtlsRole.Server, 2);

    public Instant Now { get; private set; } = Instant.FromNanoseconds(1_000_000_000);

    /// <summary>The datagrams of a handshake, and one of application data each way.</summary>
    public static List<byte[]> Record()
    {
        var seen = new List<byte[]>();
        using var pair = new DtlsPair();
        pair.Run((_, datagram) =>
        {
            seen.Add(datagram);
            return [datagram];
        });
        pair.Send(pair.Client, "to the server"u8, seen.Add);
        pair.Send(pair.Server, "to the client"u8, seen.Add);
        return seen;
    }

    /// <summary>Lets them talk; what becomes of each datagram the caller says.</summary>
    public void Run(Func<bool, byte[], IEnumerable<byte[]>> route)
    {
        Client.Start(Now);
        for (var round = 0; round < Rounds; round++)
        {
            var moved = Move(Client, Server, true, route) | Move(Server, Client, false, route);
            if (!moved)
            {
                if (Instant.Earliest(Client.Deadline, Server.Deadline) is not { } due)
                {
                    return;
                }

                Now = due > Now ? due : Now;
                Client.Advance(Now);
                Server.Advance(Now);
            }
        }
    }

    public void Deliver(DtlsEndpoint to, byte[] datagram)
    {
        to.Receive(datagram, Now);
        while (to.TryReadApplicationData(datagram, out _))
        {
        }
    }

    public void Send(DtlsEndpoint from, ReadOnlySpan<byte> plaintext, Action<byte[]> take)
    {
        if (from.Protect(plaintext, _buffer) is var length and > 0)
        {
            take(_buffer.AsSpan(0, length).ToArray());
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }

    public static DtlsEndpoint Endpoint(DtlsRole role, ulong seed) => new(
        new DtlsOptions { Role = role, Certificate = Certificate, RemoteFingerprints = Certificate.Fingerprints, SrtpProfiles = [7, 1] },
        RandomSource.Seeded(seed),
        NullLogger.Instance);

    private bool Move(DtlsEndpoint from, DtlsEndpoint to, bool toServer, Func<bool, byte[], IEnumerable<byte[]>> route)
    {
        var moved = false;
        while (from.Transmit(_buffer, Now) is var length and > 0)
        {
            moved = true;
            foreach (var datagram in route(toServer, _buffer.AsSpan(0, length).ToArray()))
            {
                Deliver(to, datagram);
            }
        }

        while (from.TryRead(out _))
        {
        }

        return moved;
    }
}
