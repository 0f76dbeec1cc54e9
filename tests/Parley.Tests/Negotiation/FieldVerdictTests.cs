using System.Text.Json;
using Parley.Media;

namespace Parley.Tests.Negotiation;

/// <summary>
/// Descriptions and candidates as the field writes them, each with what Chromium 156 did with it. What Chromium accepts, Parley accepts;
/// the exceptions are
/// listed with their reason. The files lie in <c>Field</c>.
/// </summary>
public class FieldVerdictTests
{
    private const string Answer =
        "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n"
        + "a=mid:0\r\na=ice-ufrag:Yh7k\r\n"
        + "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 "
        + "A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F:90\r\na=setup:active\r\n"
        + "a=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    // By the beginning of the row's name: why Parley refuses what Chromium takes.
    private static readonly Dictionary<string, string> Differences = [];

    [Theory]
    [InlineData("answers.json", 106)]
    [InlineData("lines.json", 1500)]
    public void WhatChromiumAccepts_IsAccepted(string file, int atLeast)
    {
        var rows = JsonSerializer.Deserialize<Row[]>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Negotiation", "Field", file)), Json)!;
        Assert.True(rows.Length >= atLeast);
        var wrong = new List<string>();
        foreach (var row in rows)
        {
            var verdict = Judge(row);
            var isListed = Differences.Keys.Any(name => row.Name.StartsWith(name, StringComparison.Ordinal));
            if (row.Chromium == "OK" ? verdict != "OK" != isListed : verdict.StartsWith("CRASHED", StringComparison.Ordinal))
            {
                wrong.Add($"{row.Kind}: {row.Name}: {verdict}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static string Judge(Row row)
    {
        var verdict = "";
        var pair =
            new Pair(
                configuration: new PeerConnectionConfiguration
                {
                    BundlePolicy = row.Kind.Contains("maxbundle", StringComparison.Ordinal)
                        ? BundlePolicy.MaxBundle
                        : BundlePolicy.Balanced,
                });
        try
        {
            pair.Run(async () =>
            {
                verdict = await JudgeAsync(row, pair.Alice);

                // Nothing that was accepted, and nothing that was refused, breaks the connection.
                await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
                Assert.NotEqual(PeerConnectionState.Closed, pair.Alice.ConnectionState);
            });
        }
        catch (Exception error) when (error is not RtcException)
        {
            return $"CRASHED after {verdict}: {error.Message}";
        }

        return verdict;
    }

    private static async Task<string> JudgeAsync(Row row, PeerConnection connection)
    {
        foreach (var what in row.Offered)
        {
            Offer(connection, what);
        }

        var step = "REFUSED";
        try
        {
            if (row.Kind.StartsWith("offer", StringComparison.Ordinal))
            {
                await connection.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Offer, row.Sdp));
                step = "ANSWER-FAILED";
                await connection.SetLocalDescriptionAsync();
                return "OK";
            }

            await connection.SetLocalDescriptionAsync();
            await connection.SetRemoteDescriptionAsync(new SessionDescription(SdpType.Answer, row.Kind == "candidate" ? Answer : row.Sdp));
            if (row.Kind == "candidate")
            {
                var (candidate, mid, index, ufrag) = JsonSerializer.Deserialize<Candidate>(row.Sdp, Json)!;
                await connection.AddIceCandidateAsync(new IceCandidateInit(candidate, mid, index, ufrag));
            }

            return "OK";
        }
        catch (Exception error)
        {
            return $"{step} {error.Message}";
        }
    }

    private static void Offer(PeerConnection connection, char what)
    {
        switch (what)
        {
            case 'a':
                connection.AddTransceiver(MediaKind.Audio);
                break;
            case 'v':
                connection.AddTransceiver(MediaKind.Video);
                break;
            case 'r':
                connection.AddTransceiver(MediaKind.Video, new RtpTransceiverInit { Direction = RtpTransceiverDirection.RecvOnly });
                break;
            default:
                connection.CreateDataChannel("d");
                break;
        }
    }

    private sealed record Row(string Name, string Kind, string Offered, string Sdp, string Chromium);

    private sealed record Candidate(
        [property: System.Text.Json.Serialization.JsonPropertyName("candidate")] string Text,
        string? SdpMid,
        ushort? SdpMLineIndex,
        string? UsernameFragment);
}
