using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;
using Parley.Stun;

namespace Parley.Ice.Tests;

/// <summary>A peer played by hand against one agent: it writes each message and sees each answer.</summary>
internal sealed class RawPeer
{
    private readonly RandomSource _random = RandomSource.Seeded(99);

    public RawPeer(IceAgentOptions? options = null, bool isLite = false)
    {
        Agent = new IceAgent(options ?? new IceAgentOptions(), RandomSource.Seeded(5), NullLogger.Instance);
        Agent.AddLocalAddress(Local, NetworkInterfaceKind.Ethernet, Now);
        Agent.StartGathering(Now);
        IsLite = isLite;
    }

    public static TransportAddress Local { get; } = Address("192.0.2.1:1000");

    public static TransportAddress Remote { get; } = Address("192.0.2.2:2000");

    public IceAgent Agent { get; }

    public IceCredentials Credentials { get; } = new("peer", "peerpasswordpeerpassword");

    public bool IsLite { get; }

    public Instant Now { get; set; } = Instant.FromNanoseconds(1_000_000_000);

    public static TransportAddress Address(string text) =>
        TransportAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    public static IceCandidate Host(TransportAddress address, uint priority = 2130706431) => new()
    {
        Foundation = "1",
        Priority = priority,
        Address = address,
        Type = IceCandidateType.Host,
    };

    public void Introduce(params TransportAddress[] candidates)
    {
        Agent.SetRemoteCredentials(Credentials, IsLite, Now);
        foreach (var candidate in candidates)
        {
            Agent.AddRemoteCandidate(Host(candidate), Now);
        }
    }

    /// <summary>A check of the peer's, as bytes.</summary>
    public byte[] Check(
        bool controlling = true, bool nominates = false, ulong tieBreaker = 1, string? username = null, byte[]? key = null,
        StunAttributeType? extra = null, bool hasIntegrity = true)
    {
        var buffer = new byte[700];
        var writer = new StunWriter(buffer, StunClass.Request, StunMethod.Binding, TransactionId.Create(_random));
        writer.Add(
            StunAttributeType.Username,
            System.Text.Encoding.UTF8.GetBytes(username ?? $"{Agent.LocalCredentials.UsernameFragment}:{Credentials.UsernameFragment}"));
        writer.AddUInt64(controlling ? StunAttributeType.IceControlling : StunAttributeType.IceControlled, tieBreaker);
        writer.AddUInt32(StunAttributeType.Priority, 1845501695);
        if (nominates)
        {
            writer.Add(StunAttributeType.UseCandidate);
        }

        if (extra is { } type)
        {
            writer.Add(type);
        }

        if (hasIntegrity)
        {
            writer.AddIntegrity(key ?? StunKey.ShortTerm(Agent.LocalCredentials.Password));
        }

        writer.AddFingerprint();
        return buffer[..writer.Length];
    }

    public void Send(byte[] datagram, TransportAddress? from = null) => Agent.Receive(datagram, Local, from ?? Remote, Now);

    /// <summary>All the agent wants to send now.</summary>
    public List<(byte[] Datagram, TransportAddress To)> Receive()
    {
        var sent = new List<(byte[], TransportAddress)>();
        var buffer = new byte[1500];
        int length;
        while ((length = Agent.Transmit(buffer, Now, out var local, out var remote)) > 0)
        {
            Assert.Equal(Local, local);
            sent.Add((buffer[..length], remote));
        }

        return sent;
    }

    /// <summary>The one message the agent sends now that has this class.</summary>
    public (byte[] Datagram, TransportAddress To) Expect(StunClass messageClass) =>
        Assert.Single(Receive(), s => ClassOf(s.Datagram) == messageClass);

    public void ExpectNothing() => Assert.Empty(Receive());

    public List<IceEvent> Events()
    {
        var events = new List<IceEvent>();
        while (Agent.TryRead(out var happened))
        {
            events.Add(happened);
        }

        return events;
    }

    /// <summary>Answers a check of the agent's.</summary>
    public byte[] Answer(byte[] check, TransportAddress? mapped = null, int error = 0, byte[]? key = null)
    {
        Assert.True(StunMessage.TryParse(check, out var request, out _));
        Assert.True(request.VerifyIntegrity(StunKey.ShortTerm(Credentials.Password)));
        var buffer = new byte[200];
        var writer = new StunWriter(
            buffer, error == 0 ? StunClass.SuccessResponse : StunClass.ErrorResponse, StunMethod.Binding, request.TransactionId);
        if (error == 0)
        {
            writer.AddXorAddress(StunAttributeType.XorMappedAddress, mapped ?? Local);
        }
        else
        {
            writer.AddErrorCode(error, default);
        }

        writer.AddIntegrity(key ?? StunKey.ShortTerm(Credentials.Password));
        writer.AddFingerprint();
        return buffer[..writer.Length];
    }

    /// <summary>Answers whatever the agent asks until it asks nothing more within the time; returns the checks seen.</summary>
    public List<(byte[] Datagram, TransportAddress To)> AnswerAll(TimeSpan duration, Func<TransportAddress, bool>? answers = null)
    {
        var seen = new List<(byte[], TransportAddress)>();
        var end = Now + duration;
        while (true)
        {
            foreach (var (datagram, to) in Receive())
            {
                if (ClassOf(datagram) == StunClass.Request)
                {
                    seen.Add((datagram, to));
                    if (answers?.Invoke(to) != false)
                    {
                        Send(Answer(datagram), to);
                    }
                }
            }

            if (Agent.Deadline is { } deadline && deadline <= Now)
            {
                continue;
            }

            if (Agent.Deadline is not { } next || next > end)
            {
                Now = end;
                Agent.Advance(Now);
                return seen;
            }

            Now = next;
            Agent.Advance(Now);
        }
    }

    public static StunClass ClassOf(byte[] datagram) => StunMessage.TryParse(datagram, out var message, out _)
        ? message.Class
        : throw new FormatException("not STUN");

    public static bool Has(byte[] datagram, StunAttributeType type) => StunMessage.TryParse(datagram, out var message, out _)
        && message.Contains(type);

    public static int ErrorOf(byte[] datagram) => StunMessage.TryParse(datagram, out var message, out _)
        && message.TryReadErrorCode(out var code, out _) ? code : 0;
}
