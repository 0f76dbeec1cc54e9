using Microsoft.Extensions.Logging.Abstractions;
using Parley.Ice;
using Parley.Net;
using Parley.Stun;

namespace Parley.Fuzz.Targets;

/// <summary>A live agent; messages of the input's making, with the right password, from addresses that it may know.</summary>
internal sealed class IceAgentTarget : FuzzTarget
{
    private static readonly IceCredentials Local = new("Yh7k", "abcdefghijklmnopqrstuvwx");
    private static readonly IceCredentials Remote = new("peer", "zyxwvutsrqponmlkjihgfedc");

    public override string Name => "ice-agent";

    public override IEnumerable<byte[]> Seeds() =>
    [
        [
            0, 0, 0, 1, 0, 3, 0, 6, 9, 89, 104, 55, 107, 58, 112, 101, 101, 114, 0, 36, 4, 0, 0, 0, 9, 128, 42, 8, 1, 2, 3, 4, 5, 6, 7, 8,
            2, 50,
        ],
        [1, 0, 0, 1, 0, 2, 0, 36, 4, 0, 0, 0, 9, 0, 37, 0, 2, 200, 2, 200],
        [0, 2, 100, 1, 1, 1, 1, 1, 0, 32, 8, 0, 1, 1, 2, 3, 4, 5, 6, 2, 255, 2, 255],
        [0, 3, 2, 3, 200, 5, 1, 2, 3, 4, 4, 9, 4, 9],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var reader = new InputReader(input);
        var now = Instant.FromNanoseconds(1_000_000_000);
        var agent = new IceAgent(
            new IceAgentOptions
            {
                Role = (reader.Byte() & 1) == 0 ? Parley.Ice.IceRole.Controlled : Parley.Ice.IceRole.Controlling,
                LocalCredentials = Local,
                TieBreaker = 1000,
            },
            RandomSource.Seeded(1),
            NullLogger.Instance);
        var here = Address(0);
        agent.AddLocalAddress(here, NetworkInterfaceKind.Ethernet, now);
        agent.StartGathering(now);
        agent.SetRemoteCredentials(Remote, isLite: false, now);
        var buffer = new byte[2048];
        var lastTransaction = new byte[12];
        while (!reader.IsAtEnd)
        {
            switch (reader.Byte() % 5)
            {
                case 0:
                    agent.Receive(Message(ref reader, lastTransaction, Local.Password), here, Address(1 + reader.Byte() % 4), now);
                    break;
                case 1:
                    agent.Receive(Message(ref reader, lastTransaction, Remote.Password), here, Address(1 + reader.Byte() % 4), now);
                    break;
                case 2:
                    now += TimeSpan.FromMilliseconds(4 * reader.Byte());
                    agent.Advance(now);
                    break;
                case 3:
                    var at = Address(1 + reader.Byte() % 32);
                    agent.AddRemoteCandidate(
                        new Parley.Ice.IceCandidate
                        {
                            Foundation = "1",
                            Priority = 1 + (uint)reader.Byte(),
                            Address = at,
                            Type = Parley.Ice.IceCandidateType.Host,
                        }, now);
                    break;
                default:
                    agent.Receive(reader.Short(), here, Address(1), now);
                    break;
            }

            while (agent.Transmit(buffer, now, out _, out _) is var length and > 0)
            {
                if (length >= StunMessage.HeaderLength)
                {
                    buffer.AsSpan(8, 12).CopyTo(lastTransaction);
                }
            }

            while (agent.TryRead(out _))
            {
            }
        }

        agent.Close();
    }

    // The transaction of what the agent has sent last, so that an answer is one.
    private static byte[] Message(ref InputReader reader, byte[] transaction, string password)
    {
        var kind = reader.Byte();
        var messageClass = (StunClass)(kind % 4);
        var method = kind >= 128 ? (StunMethod)(kind & 0x0F) : StunMethod.Binding;
        var buffer = new byte[2048];
        var writer = new StunWriter(buffer, messageClass, method, TransactionId.Read(transaction));
        for (var count = reader.UInt16() % 12; count > 0; count--)
        {
            writer.Add((StunAttributeType)reader.UInt16(), reader.Bytes(Math.Min(reader.Byte(), (byte)100)));
        }

        writer.AddIntegrity(StunKey.ShortTerm(password));
        writer.AddFingerprint();
        return buffer[..writer.Length];
    }

    private static TransportAddress Address(int host) =>
        TransportAddress.TryParse($"192.0.2.{1 + host}:{5000 + host}", out var address)
            ? address
            : throw new InvalidOperationException("No address.");
}
