using Microsoft.Extensions.Logging;
using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>
/// Feedback that an answer adds (docs/negotiation.md, "Deliberate deviations"): Janus, Asterisk, LiveKit and mediasoup do.
/// </summary>
public class UnofferedFeedbackTests
{
    [Theory]
    [InlineData("audio", "a=rtcp-fb:* transport-cc")]
    [InlineData("audio", "a=rtcp-fb:111 nack")]
    [InlineData("audio", "a=rtcp-fb:111 unheard-of with a parameter")]
    [InlineData("video", "a=rtcp-fb:96 ccm tmmbr")]
    [InlineData("video", "a=rtcp-fb:* nack rpsi")]
    public void Answer_WithFeedbackThatWasNotOffered_IsAcceptedAndLogged(string kind, string line)
    {
        foreach (var type in (SdpType[])[SdpType.Answer, SdpType.Pranswer])
        {
            var pair = new Pair();
            var log = new Collector();
            var alice = new PeerConnection(
                new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice] }, pair.AliceHost.Platform, log);
            pair.Run(async () =>
            {
                Pair.Trickle(alice, pair.Bob);
                Pair.Trickle(pair.Bob, alice);
                var transceiver = alice.AddTransceiver(kind == "audio" ? MediaKind.Audio : MediaKind.Video);
                await alice.SetLocalDescriptionAsync();
                await pair.Bob.SetRemoteDescriptionAsync(alice.LocalDescription!);
                await pair.Bob.SetLocalDescriptionAsync();
                var answer = pair.Bob.LocalDescription!;
                await alice.SetRemoteDescriptionAsync(
                    new SessionDescription(type, answer.Sdp.Replace("a=rtcp-mux\r\n", $"a=rtcp-mux\r\n{line}\r\n")));
                Assert.Contains(log.Lines, text =>
                    text.Contains("was not offered", StringComparison.Ordinal)
                        && text.Contains(line.Split(' ', 2)[1].Split(' ')[0], StringComparison.Ordinal));
                await Pair.UntilAsync(alice, () => alice.ConnectionState == PeerConnectionState.Connected);
                Assert.NotEmpty(transceiver.Sender.GetParameters().Codecs);
                alice.Close();
            });
        }
    }

    private sealed class Collector : ILoggerFactory, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Lines)
            {
                Lines.Add(formatter(state, exception));
            }
        }

        public void Dispose()
        {
        }
    }
}
