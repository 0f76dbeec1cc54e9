using System.Net;
using Parley.Net;

namespace Parley.Fuzz.Targets;

/// <summary>
/// A whole call in simulation, with somebody on the path to one side who adds datagrams, as if the peer had sent them: those of the peer
/// changed as the input says, and new ones. The call comes about and a message gets through all the same.
/// </summary>
internal sealed class ConnectionTarget : FuzzTarget
{
    public override string Name => "connection";

    public override int LongestInput => 512;

    public override long MostAllocated => 256L * 1024 * 1024;

    public override IEnumerable<byte[]> Seeds() =>
    [
        [], [1, 0, 20, 255, 2, 0, 0, 13, 22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0],
        [0, 1, 3, 5, 0, 2, 40, 9, 0, 200, 1, 1, 2, 0, 0, 4, 0x80, 0x60, 1, 2],
    ];

    public override void Run(ReadOnlySpan<byte> input)
    {
        var bytes = input.ToArray();
        var call = new SimulatedCall(network => new AddingNetwork(network, bytes));
        var message = new TaskCompletionSource();
        call.Run(async () =>
        {
            Trickle(call.Alice, call.Bob);
            Trickle(call.Bob, call.Alice);
            call.Bob.DataChannelAdded += (_, args) => args.Channel.MessageReceived += (_, _) => message.TrySetResult();
            var channel = call.Alice.CreateDataChannel("l");
            channel.Opened += (_, _) => channel.Send("through");
            await call.Alice.SetLocalDescriptionAsync();
            await call.Bob.SetRemoteDescriptionAsync(call.Alice.LocalDescription!);
            await call.Bob.SetLocalDescriptionAsync();
            await call.Alice.SetRemoteDescriptionAsync(call.Bob.LocalDescription!);
            await Task.WhenAny(message.Task, call.World.Delay(TimeSpan.FromSeconds(60)));
        });
        call.Dispose();
        if (bytes.Length == 0 && !message.Task.IsCompletedSuccessfully)
        {
            throw new InvalidDataException("Nobody added anything, and no message came.");
        }
    }

    private static void Trickle(PeerConnection from, PeerConnection to) => from.IceCandidateGathered += async (_, args) =>
    {
        if (args.Candidate is { } candidate && to.RemoteDescription is not null)
        {
            await to.AddIceCandidateAsync(candidate);
        }
    };

    private sealed class AddingNetwork(INetwork network, byte[] input) : INetwork
    {
        private int _at;

        public IReadOnlyList<LocalAddress> LocalAddresses => network.LocalAddresses;

        public IDatagramSocket Bind(TransportAddress local) => new AddingSocket(this, network.Bind(local));

        public ValueTask<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken = default) =>
            network.ResolveAsync(host, cancellationToken);

        /// <summary>What is added to a datagram; null: nothing.</summary>
        public byte[]? Next(ReadOnlySpan<byte> datagram)
        {
            if (_at >= input.Length)
            {
                return null;
            }

            var reader = new InputReader(input.AsSpan(_at));
            var added = Make(ref reader, datagram);
            _at = input.Length - reader.Remaining;
            return added;
        }

        private static byte[]? Make(ref InputReader reader, ReadOnlySpan<byte> datagram)
        {
            switch (reader.Byte() % 4)
            {
                case 0:
                    return null;
                case 1:
                    var changed = datagram.ToArray();
                    for (var count = 1 + reader.Byte() % 4; count > 0; count--)
                    {
                        changed[reader.UInt16() % changed.Length] ^= reader.Byte();
                    }

                    return changed;
                case 2:
                    return reader.Long() is { IsEmpty: false } made ? made.ToArray() : null;
                default:
                    return datagram[..(1 + reader.Byte() % datagram.Length)].ToArray();
            }
        }
    }

    private sealed class AddingSocket(AddingNetwork network, IDatagramSocket socket) : IDatagramSocket
    {
        public TransportAddress LocalAddress => socket.LocalAddress;

        public bool DontFragment => socket.DontFragment;

        public int Receive(DatagramBatch batch)
        {
            var received = socket.Receive(batch);
            for (var index = 0; index < received; index++)
            {
                if (network.Next(batch.Datagram(index)) is { } added)
                {
                    batch.TryAdd(added, batch.Remote(index), batch.Ecn(index));
                }
            }

            return received == 0 ? 0 : batch.Count;
        }

        public int Send(DatagramBatch batch, int start = 0) => socket.Send(batch, start);

        public void NotifyWhenReadable(IWakeable target) => socket.NotifyWhenReadable(target);

        public void Dispose() => socket.Dispose();
    }
}
