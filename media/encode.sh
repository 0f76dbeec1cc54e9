#!/bin/sh
# Makes the small encoded files beside this script, from nothing but arithmetic: needs ffmpeg (with libvpx, libopus, freetype), python3 and DejaVu Sans.
# Run it once when a file shall look or sound different, and commit what it makes; nothing runs it at build or at run time.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

bold=$(fc-match -f '%{file}' 'DejaVu Sans:bold')
mono=$(fc-match -f '%{file}' 'DejaVu Sans Mono:bold')

# The dial and its hand, once, as pictures: rings and ticks by distance and angle from the middle.
ffmpeg -v error -y -f lavfi -i color=black@0:s=180x180:r=1:d=1,format=rgba -vf "geq=r='236':g='240':b='245':a='
  st(0,hypot(X-89.5,Y-89.5));st(1,mod(atan2(Y-89.5,X-89.5)+2*PI,PI/6));st(2,min(ld(1),PI/6-ld(1))*ld(0));
  255*max(clip(2.2-abs(ld(0)-84),0,1),between(ld(0),66,78)*clip(2.2-ld(2),0,1))'" -frames:v 1 "$work/dial.png"
ffmpeg -v error -y -f lavfi -i color=black@0:s=180x180:r=1:d=1,format=rgba -vf "geq=r='255':g='184':b='28':a='
  255*max(clip(7-hypot(X-89.5,Y-89.5),0,1),between(Y,26,100)*clip(3-abs(X-89.5),0,1))'" -frames:v 1 "$work/hand.png"

# 60 s at 15 frames/s: bars, ramp, name, seconds and hundredths, a hand that goes round once a minute, and a block that crosses in five seconds.
ffmpeg -v error -y -f lavfi -i color=0x16202C:s=640x360:r=15:d=60 \
  -framerate 15 -loop 1 -t 60 -i "$work/dial.png" -framerate 15 -loop 1 -t 60 -i "$work/hand.png" \
  -f lavfi -i color=0xFFB81C:s=24x12:r=15:d=60 -filter_complex "
  [0]drawbox=0:0:92:84:0xC8CCD0:fill,drawbox=92:0:91:84:0xC6BE30:fill,drawbox=183:0:91:84:0x2CB5BC:fill,drawbox=274:0:92:84:0x3AA85A:fill,
  drawbox=366:0:91:84:0xA84FA8:fill,drawbox=457:0:91:84:0xC0392B:fill,drawbox=548:0:92:84:0x2F4FB5:fill,
  drawbox=0:300:80:40:0x000000:fill,drawbox=80:300:80:40:0x242424:fill,drawbox=160:300:80:40:0x494949:fill,drawbox=240:300:80:40:0x6D6D6D:fill,
  drawbox=320:300:80:40:0x929292:fill,drawbox=400:300:80:40:0xB6B6B6:fill,drawbox=480:300:80:40:0xDBDBDB:fill,drawbox=560:300:80:40:0xFFFFFF:fill,
  drawbox=0:346:640:14:0x0C121A:fill,
  drawtext=fontfile=$bold:text=PARLEY:fontsize=56:fontcolor=0xECF0F5:x=40:y=126,
  drawtext=fontfile=$mono:text='640x360  VP8  15/s':fontsize=20:fontcolor=0x8FA3B8:x=44:y=192,
  drawtext=fontfile=$mono:text='%{eif\:floor(t+0.001)\:d\:2}.%{eif\:mod(floor(100*t+0.1)\,100)\:d\:2}':fontsize=44:fontcolor=0xFFB81C:x=44:y=232[card];
  [2]rotate='2*PI*t/60':c=none[hand];[card][1]overlay=420:102[a];[a][hand]overlay=420:102[b];[b][3]overlay='mod(t\,5)/5*664-24':347,format=yuv420p" \
  -c:v libvpx -deadline best -cpu-used 0 -b:v 130k -minrate 0 -maxrate 260k -bufsize 260k -qmin 8 -qmax 50 -g 15 -keyint_min 15 \
  -auto-alt-ref 0 -lag-in-frames 0 -error-resilient 1 -fflags +bitexact -flags:v +bitexact test-card.ivf

python3 tunes.py "$work"
for name in tune hold-music; do
  ffmpeg -v error -y -i "$work/$name.wav" -c:a libopus -b:a 48k -vbr on -frame_duration 20 -application audio -fflags +bitexact -flags:a +bitexact $name.ogg
done
ffmpeg -v error -y -f lavfi -i "aevalsrc=0.25*sin(2*PI*440*t):s=48000:d=10" -c:a libopus -b:a 24k -frame_duration 20 -application audio -fflags +bitexact -flags:a +bitexact tone.ogg
ls -l ./*.ivf ./*.ogg
