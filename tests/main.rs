mod view;
mod film;
