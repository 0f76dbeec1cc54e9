using Parley.Cli.Calls;
using Parley.Signaling;

namespace Parley.Cli.Host;

/// <summary>The peer that answers everyone who comes to its room. All of it runs on the pump.</summary>
internal sealed class DemoHost(Uri server, string room, CallSettings settings, TextWriter output)
{
    private static readonly TimeSpan RejoinAfter = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, HostedCall> _calls = [];

    /// <summary>The host is in the room, so that whoever comes now is answered.</summary>
    public event Action? Joined;

    /// <summary>Answers until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await AnswerRoomAsync(cancellation);
            }
            catch (SignalingException exception)
            {
                Tell($"The room is lost: {exception.Message}");
                await Task.Delay(RejoinAfter, cancellation);
            }
            finally
            {
                await Task.WhenAll(_calls.Values.Select(call => call.DisposeAsync().AsTask()));
                _calls.Clear();
            }
        }
    }

    private async Task AnswerRoomAsync(CancellationToken cancellation)
    {
        await using SignalingClient client = await SignalingClient.JoinAsync(server, room, "Host", settings.LoggerFactory, cancellation);
        Joined?.Invoke();
        await foreach (SignalingEvent happened in client.ReadEventsAsync(cancellation))
        {
            switch (happened)
            {
                case PeerJoined { Peer: var peer }:
                    _calls[peer.Id] = new HostedCall(peer, settings, Tell);
                    break;
                case PeerLeft { Peer: var peer } when _calls.Remove(peer.Id, out HostedCall? call):
                    await call.DisposeAsync();
                    Tell($"{call.Name} left");
                    break;
                case Reconnecting lost:
                    Tell($"{lost.Reason} Reconnecting; calls go on.");
                    break;
                case Reconnected:
                    Tell("Connected to the server again.");
                    break;
            }
        }
    }

    private void Tell(string line) => output.WriteLine($"{DateTime.Now:HH:mm:ss} {Printable.Of(line)}");
}
